/** Harness of the end-to-end tests: running services, fake sources, raw sockets. */
export { EventLog, freePort, type LoggedEvent } from "../../tools/processes/mod.ts";
export { until, within } from "../../tools/verdict/mod.ts";
export * from "./behaviors.ts";
export * from "./certificates.ts";
export * from "./contract.ts";
export * from "./fake_source.ts";
export * from "./haproxy.ts";
export * from "./http_socket.ts";
export * from "./otlp_receiver.ts";
export * from "./prometheus.ts";
export * from "./service.ts";
export * from "./steps.ts";
