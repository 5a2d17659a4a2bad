/** Store → HTTP answers. */
export { ENDPOINTS } from "./endpoints.ts";
export type { ServeLimits } from "./get_metric.ts";
export { createHandler, type HandlerWorld } from "./handler.ts";
export { statsAnswer } from "./stats.ts";
