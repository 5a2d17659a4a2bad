/** What a run leaves behind, line by line. */
export * from "./reader.ts";
export type * from "./records.ts";
export { BUCKET_RATIO, NOT_STARTED } from "./records.ts";
export * from "./writer.ts";
