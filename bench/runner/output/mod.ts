/** Where samples go besides the summary. */
export { jsonOutput, OUTPUT_BUFFER_CHARS, type SampleOutput } from "./json_output.ts";
