/** Headers and parameters; the compiler checks that every parameter read is described. */
import {
  HEADER_DATA_AGE_MS,
  HEADER_MISSING_SOURCES,
  HEADER_OLDEST_ROW_AGE_MS,
  HEADER_ROWS_TOO_OLD,
  HEADER_SHARD,
  HEADER_SNAPSHOT_TS,
} from "../../contracts/mod.ts";
import { SECURITY_HEADERS } from "../dashboard/dashboard.ts";
import {
  ALLOWED_METHODS,
  CHALLENGE,
  type GET_METRIC_PARAMETERS,
  LIST_FORMATS,
  LIST_IDS_MAX,
  type LIST_PARAMETERS,
  LIST_PREFIXES_MAX,
  PAGE_ROWS_MAX,
} from "../serve/mod.ts";
import type { FABRIC_PARAMETERS } from "../fabric/mod.ts";
import type { STREAM_PARAMETERS } from "../stream/mod.ts";
import type { HeaderObject, ParameterObject, Schema } from "./types.ts";

const HEADERS = {
  [HEADER_DATA_AGE_MS]: {
    description:
      "Age of the data in milliseconds: the row's age for one value, the oldest listed snapshot's age " +
      "for a list. Row times make a snapshot as old as its newest row.",
    schema: { type: "integer", minimum: 0 },
  },
  [HEADER_SNAPSHOT_TS]: {
    description:
      "Time of the data in epoch milliseconds, from which its age counts; of a stream, when it begins.",
    schema: { type: "integer", minimum: 1e12 },
  },
  [HEADER_OLDEST_ROW_AGE_MS]: {
    description: "Age of the oldest listed row in milliseconds, if rows have times of their own.",
    schema: { type: "integer", minimum: 0 },
  },
  [HEADER_ROWS_TOO_OLD]: {
    description: "With `max_row_age_ms`: rows of the page that it left out.",
    schema: { type: "integer", minimum: 0 },
  },
  [HEADER_SHARD]: {
    description: "Shard of the rows, with `SHARD`; rows of other shards are missing.",
    schema: { type: "string", pattern: "^\\d+/\\d+$" },
  },
  [HEADER_MISSING_SOURCES]: {
    description:
      "URLs of the sources that have not delivered yet, separated by commas. For CSV and NDJSON; " +
      "JSON has them in its body.",
    schema: { type: "string" },
  },
  "etag": {
    description:
      "Names the content; for data, the snapshot. Weak if responses can differ, and only in the " +
      "reported age.",
    schema: { type: "string", pattern: '^(W/)?"[^"]*"$' },
  },
  "cache-control": {
    description: "Whether the response may be cached, and whether it must be revalidated.",
    schema: { enum: ["no-cache", "no-store"] },
  },
  "retry-after": {
    description: "Seconds to wait before the next request.",
    schema: { type: "integer", minimum: 1 },
  },
  "www-authenticate": {
    description: "How to send a token: as bearer, or as the password of basic authentication.",
    schema: { const: CHALLENGE },
  },
  "allow": { description: "Methods of the route.", schema: { const: ALLOWED_METHODS } },
  "link": {
    description: 'The next page, with rel="next" (RFC 8288); absent on the last page.',
    schema: { type: "string", pattern: '^<.+>; rel="next"$' },
  },
  "content-encoding": {
    description: "Present if the body is compressed.",
    schema: { const: "gzip" },
  },
  "vary": {
    description: "Request headers that determine the format.",
    schema: { enum: ["accept", "accept-encoding", "accept, accept-encoding"] },
  },
} as const satisfies Record<string, HeaderObject>;

export const PAGE_HEADERS: Readonly<Record<string, HeaderObject>> = Object.fromEntries(
  Object.entries(SECURITY_HEADERS).map(([name, value]) => [
    spelled(name),
    { description: "Isolates the page.", required: true, schema: { const: value } },
  ]),
);

/** Name of a described header, in lower case. */
export type HeaderName = keyof typeof HEADERS;

/** Headers by name: those always present, and those present at times. */
export function headersOf(
  always: readonly HeaderName[],
  at_times: readonly HeaderName[] = [],
): Record<string, HeaderObject> {
  return Object.fromEntries([
    ...always.map((name) => [spelled(name), { ...HEADERS[name], required: true }]),
    ...at_times.map((name) => [spelled(name), HEADERS[name]]),
  ]);
}

/** A header in canonical spelling: `X-Data-Age-Ms`. */
export function spelled(name: string): string {
  if (name === "etag") return "ETag";
  return name.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("-");
}

/** A parameter without its name and place. */
type Described = Omit<ParameterObject, "name" | "in">;

/** Largest `max_age_ms`, of 15 digits. */
const MAX_AGE_MS_MAX = 10 ** 15 - 1;

const NAME: Schema = { type: "string", minLength: 1 };

const max_age_ms: Described = {
  description: "Oldest acceptable data in milliseconds; older data gets a 503.",
  schema: { type: "integer", minimum: 0, maximum: MAX_AGE_MS_MAX },
  example: 5000,
};

/** Values separated by plain commas, each percent-encoded with its own commas (RFC 6570 §3.2.8). */
function list(description: string, schema: Schema, example: readonly string[]): Described {
  const array = { type: "array", items: NAME, minItems: 1, ...schema };
  return { description, style: "form", explode: false, schema: array, example };
}

const COLUMNS = "Columns separated by commas (`%2C` is a comma within a name)";
const RATES = "`rate(<column>)` is a counter's rate per second.";

function flag(description: string): Described {
  return { description, schema: { enum: ["0", "1"], default: "0" } };
}

const switch_ids = list(
  `Ids separated by commas (\`%2C\` is a comma within an id), at most ${
    LIST_IDS_MAX.toLocaleString("en-US")
  }. An id that ends with ` +
    `\`*\` is a prefix; at most ${LIST_PREFIXES_MAX} prefixes.`,
  {
    maxItems: LIST_IDS_MAX,
    contains: { pattern: "\\*$" },
    minContains: 0,
    maxContains: LIST_PREFIXES_MAX,
  },
  ["sw-00*", "sw-010"],
);

export const GET_METRIC = inQuery<typeof GET_METRIC_PARAMETERS>({
  switch_id: {
    required: true,
    description: "Name of the row: `<guid>:<port>` for UFM data.",
    schema: NAME,
    example: "sw-000",
  },
  metric: {
    required: true,
    description: "Name of the column in the source, or `rate(<column>)` for a counter's rate.",
    schema: NAME,
    example: "bandwidth_gbps",
  },
  rate: flag("With `1`, adds the counter's rate per second as `rate`."),
  max_age_ms,
});

export const LIST_METRICS = inQuery<typeof LIST_PARAMETERS>({
  switch_id: switch_ids,
  fields: list(`${COLUMNS}, in that order. ${RATES}`, {}, [
    "latency_us",
  ]),
  rate: flag("With `1`, each counter is followed by its rate per second, `rate(<column>)`."),
  labels: flag("With `1`, the label columns precede `fields`."),
  limit: {
    description:
      "Rows per page. The response has `next_cursor` and a `Link` header if there are more rows.",
    schema: { type: "integer", minimum: 1, maximum: PAGE_ROWS_MAX },
    example: 1000,
  },
  cursor: {
    description:
      "The `next_cursor` of the previous page. Returns 410 after its snapshot is replaced.",
    schema: { type: "string", minLength: 1 },
  },
  format: {
    description:
      "`json`, `csv` (RFC 4180, an empty cell for null), `spreadsheet` (the same, with `'` before " +
      "texts that would be formulas) or `ndjson` (one item per line).",
    schema: { enum: LIST_FORMATS, default: LIST_FORMATS[0] },
  },
  max_age_ms: {
    ...max_age_ms,
    description:
      `${max_age_ms.description} The newest row counts, and each row named in switch_id.`,
  },
  max_row_age_ms: {
    description: "Rows older than this, in milliseconds, are left out and counted in " +
      "`X-Rows-Too-Old`; such a list gets no 304.",
    schema: max_age_ms.schema,
  },
});

export const FABRIC_METRICS = inQuery<typeof FABRIC_PARAMETERS>({
  switch_id: switch_ids,
  fields: list(
    "Columns separated by commas, in any case; a name that ends with `*` is a beginning. A label " +
      "column in it becomes a label of each series. Default: `METRICS_FABRIC_COLUMNS`.",
    {},
    ["latency*"],
  ),
});

export const STREAM = inQuery<typeof STREAM_PARAMETERS>({
  switch_id: switch_ids,
  metric: list(`${COLUMNS}. ${RATES}`, {}, ["latency_us"]),
  fields: list("The same as `metric`, under the name of ListMetrics; use one of them.", {}, [
    "latency_us",
  ]),
  last_event_id: {
    description:
      "The same as the `Last-Event-ID` header, for clients that cannot send it (WebSockets).",
    schema: { type: "string" },
  },
});

/** For routes that can return 304. */
export const IF_NONE_MATCH = inHeader(
  "If-None-Match",
  "ETags that the client holds, or `*`; a current one gets a 304, also as a compressing proxy " +
    'rewrites it (`W/"a-1-gzip"`).',
);

/** For routes that can return gzip. */
export const ACCEPT_ENCODING = inHeader(
  "Accept-Encoding",
  "With `gzip`, long bodies are compressed.",
);

/** For clients that reconnect to a stream. */
export const LAST_EVENT_ID = inHeader(
  "Last-Event-ID",
  "Id of the last event received; only missed changes are sent.",
);

function inHeader(name: string, description: string): ParameterObject {
  return { name, in: "header", description, schema: { type: "string" } };
}

/** @param of Descriptions of all parameters of the route. */
function inQuery<Names extends readonly string[]>(
  of: Readonly<Record<Names[number], Described>>,
): ParameterObject[] {
  return Object.entries<Described>(of)
    .map(([name, described]) => ({ name, in: "query", ...described }));
}
