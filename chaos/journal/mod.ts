/** What a run leaves behind, line by line. */
export * from "./reader.ts";
export type * from "./records.ts";
export { NOT_STARTED } from "./records.ts";
export * from "./writer.ts";
