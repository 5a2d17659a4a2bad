/**
 * `GET /metrics/fabric`: the telemetry itself for Prometheus, rendered and compressed in a thread
 * of its own.
 */
export { FABRIC_WAIT_MS_MAX, FabricMetrics, type RenderFabric } from "./fabric_metrics.ts";
export { fabricLink, serveFabric } from "./link.ts";
export { FabricRenderer } from "./renderer.ts";
export { FABRIC_PARAMETERS, type FabricSelection, type FabricSettings } from "./selection.ts";
