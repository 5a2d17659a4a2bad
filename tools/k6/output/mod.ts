/** Where samples go besides the summary. */
export {
  jsonOutput,
  OUTPUT_BUFFER_CHARS,
  OUTPUT_LATER_MS,
  type SampleOutput,
} from "./json_output.ts";
