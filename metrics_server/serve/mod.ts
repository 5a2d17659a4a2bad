/** Store → HTTP answers. */
export { ENDPOINTS, OTHER } from "./endpoints.ts";
export type { ServeLimits } from "./get_metric.ts";
export { createHandler, type HandlerWorld } from "./handler.ts";
export { type IdFilter, listOf, readIds } from "./list_query.ts";
export { pageOf, unknownId } from "./list_rows.ts";
export { nextTurn } from "./long_body.ts";
export {
  badParameter,
  badUpgrade,
  noSnapshot,
  streamTooWide,
  tooManyStreams,
  unknownField,
  unknownSwitch,
} from "./problems.ts";
export { Query } from "./query.ts";
export { metricsFamilies, POLL_PHASES } from "./metrics.ts";
export { statsAnswer } from "./stats.ts";
