/** Serves the store over HTTP. */
export { absentSwitch } from "./absent_switch.ts";
export { accessEvery, isAccessSetting } from "./access_log.ts";
export { columnsOf, lacks } from "./columns.ts";
export { answerTrace, ENDPOINTS, LATENCIES, LONG_ENDPOINTS, OTHER, PATHS } from "./endpoints.ts";
export { GET_METRIC_PARAMETERS, type ServeLimits } from "./get_metric.ts";
export { FileAnswer } from "./file_answer.ts";
export { ageOf, dataMark, markData, snapshotTs } from "./data_response.ts";
export { createHandler } from "./handler.ts";
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
export { createHealthHandler } from "./health.ts";
export { unknownField } from "./not_found.ts";
export { oldestTaken, pageOf, unknownId } from "./list_rows.ts";
export { chunksOf, LIST_CONTENT_TYPES, LIST_COPY_BYTES_MAX, viewOf } from "./list_body.ts";
export { GZIP_BYTES_MIN, longResponse, markGzip, nextTurn, wantsGzip, within } from "./bodies.ts";
export { LONG_BODIES_MAX, LONG_BODY_MS_MAX, LongBodies } from "./long_bodies.ts";
export { PROBLEM_TYPES, type ProblemSlug, type ProblemType } from "./problem_types.ts";
export {
  ALLOWED_METHODS,
  badListParameter,
  badParameter,
  badUpgrade,
  CHALLENGE,
  fabricMetricsOff,
  fabricNotReady,
  foreignOrigin,
  noSnapshot,
  streamTooWide,
  tooManyLists,
  tooManyStreams,
  tooStale,
  websocketOff,
} from "./problems.ts";
export { Query, QUERY_CHARS_MAX } from "./query.ts";
export { METRICS_PREFIX, metricsFamilies, POLL_PHASES } from "./metrics.ts";
export { statsAnswer } from "./status.ts";
