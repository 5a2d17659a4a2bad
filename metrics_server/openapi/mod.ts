/** The OpenAPI document and its route. */
export { createOpenApi, documentText, openApiDocument, QUERY_PARAMETERS } from "./document.ts";
export type * from "./types.ts";
