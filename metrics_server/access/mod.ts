/** Access: tokens, pages of other origins. */
export * from "./cors.ts";
export * from "./guard.ts";
export * from "./tokens.ts";
