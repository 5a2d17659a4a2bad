/** The door of data_server: a simulated source of telemetry, for programs that start it themselves. */
export { type DataServerConfig, PROFILES, readDataServerConfig, SPEC } from "./config.ts";
export { type DataServer, type ServerParts, startDataServer } from "./server.ts";
