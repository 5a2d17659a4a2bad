/** What the tests of the running services stand on. */
export * from "./behaviors.ts";
export * from "./contract.ts";
export * from "./event_log.ts";
export * from "./fake_source.ts";
export * from "./flood.ts";
export { freePort } from "../../tools/processes/mod.ts";
export * from "./http_socket.ts";
export * from "./otlp_receiver.ts";
export * from "./process_figures.ts";
export * from "./prometheus.ts";
export * from "./samples.ts";
export * from "./scraped_services.ts";
export * from "./service.ts";
export * from "./telemetry.ts";
export * from "./steps.ts";
export * from "./until.ts";
