/** The journal of a run, `run.ndjson`. */
export * from "./reader.ts";
export * from "./records.ts";
export * from "./writer.ts";
