/** The OpenAPI document and its route. */
export { openApiDocument } from "./document.ts";
export { createOpenApi, documentText } from "./document.ts";
export type * from "./types.ts";
