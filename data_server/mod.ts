/** data_server, a simulated telemetry source, for programs that start it in their own process. */
export { type DataServerConfig, readDataServerConfig, SPEC } from "./config.ts";
export { type DataServer, startDataServer } from "./server.ts";
