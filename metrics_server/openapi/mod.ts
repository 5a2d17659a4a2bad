/** What metrics_server answers, for programs: the OpenAPI document and the route that serves it. */
export { openApiDocument } from "./document.ts";
export { createOpenApi, documentText } from "./document.ts";
export type * from "./types.ts";
