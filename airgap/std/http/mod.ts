/** What HTTP servers share: status codes, entity tags, content negotiation. */
export * from "./etag.ts";
export * from "./negotiation.ts";
export * from "./status.ts";
