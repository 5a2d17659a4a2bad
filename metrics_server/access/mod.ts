/** Access: tokens, certificate, pages of other origins. */
export * from "./cors.ts";
export * from "./guard.ts";
export * from "./tls.ts";
export * from "./tokens.ts";
