/** Store → HTTP answers. */
export { answerTrace } from "./answer_trace.ts";
export { ENDPOINTS, OTHER, PATHS } from "./endpoints.ts";
export { GET_METRIC_PARAMETERS, type ServeLimits } from "./get_metric.ts";
export { FileAnswer } from "./file_answer.ts";
export { ageOf } from "./freshness.ts";
export { GZIP_BYTES_MIN } from "./gzip.ts";
export { createHandler, type HandlerWorld } from "./handler.ts";
export { ITEMS_WAIT_MS_MAX } from "./list_metrics.ts";
export {
  type IdFilter,
  LIST_FORMATS,
  LIST_IDS_MAX,
  LIST_PARAMETERS,
  LIST_PREFIXES_MAX,
  listOf,
  PAGE_ROWS_MAX,
  readIds,
} from "./list_query.ts";
export { oldestTaken, pageOf, unknownId } from "./list_rows.ts";
export { LIST_CONTENT_TYPES } from "./list_text.ts";
export { LONG_BODIES_MAX, nextTurn } from "./long_body.ts";
export { PROBLEM_TYPES, type ProblemSlug, type ProblemType } from "./problem_types.ts";
export {
  ALLOWED_METHODS,
  badListParameter,
  badParameter,
  badUpgrade,
  foreignOrigin,
  noSnapshot,
  streamTooWide,
  tooManyStreams,
  tooStale,
  unknownField,
  unknownSwitch,
  wrongMethod,
} from "./problems.ts";
export { Query, QUERY_CHARS_MAX } from "./query.ts";
export { METRICS_PREFIX, metricsFamilies, POLL_PHASES } from "./metrics.ts";
export { statsAnswer } from "./stats.ts";
