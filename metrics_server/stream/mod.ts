/** Changes of the telemetry, told as they come. */
export { Streams, type Upgrade } from "./streams.ts";
