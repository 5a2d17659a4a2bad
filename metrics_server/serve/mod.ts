/** Store → HTTP answers. */
export { ENDPOINTS, OTHER } from "./endpoints.ts";
export type { ServeLimits } from "./get_metric.ts";
export { createHandler, type HandlerWorld } from "./handler.ts";
export { metricsFamilies, POLL_PHASES } from "./metrics.ts";
export { statsAnswer } from "./stats.ts";
