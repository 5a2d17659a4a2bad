/** CSV text to rows and back (RFC 4180, with the same options, results and errors as `@std/csv`). */
export * from "./parse.ts";
export * from "./stringify.ts";
