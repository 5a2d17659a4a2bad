/** Headers and parameters; the compiler checks that every parameter read is described. */
import { HEADER_DATA_AGE_MS, HEADER_MISSING_SOURCES } from "../../contracts/mod.ts";
import { SECURITY_HEADERS } from "../dashboard/dashboard.ts";
import {
  ALLOWED_METHODS,
  type GET_METRIC_PARAMETERS,
  LIST_FORMATS,
  LIST_IDS_MAX,
  type LIST_PARAMETERS,
  LIST_PREFIXES_MAX,
  PAGE_ROWS_MAX,
} from "../serve/mod.ts";
import type { STREAM_PARAMETERS } from "../stream/mod.ts";
import type { HeaderObject, ParameterObject, Schema } from "./types.ts";

const HEADERS = {
  [HEADER_DATA_AGE_MS]: {
    description: "Age of the data in milliseconds: of one value by its row's time, of a list by " +
      "the oldest snapshot with a row in it. A snapshot whose rows have times is as old as its newest.",
    schema: { type: "integer", minimum: 0 },
  },
  [HEADER_MISSING_SOURCES]: {
    description:
      "URLs, separated by commas, of the sources that have not delivered yet; of CSV and " +
      "NDJSON, as JSON names them in its body.",
    schema: { type: "string" },
  },
  "etag": {
    description: "Names what the answer was made from: of data its snapshot. Weak where two " +
      "answers can differ, in the age they tell and in nothing else.",
    schema: { type: "string", pattern: '^(W/)?"[^"]*"$' },
  },
  "cache-control": {
    description: "Whether the answer may be kept, and whether to ask again before it is used.",
    schema: { enum: ["no-cache", "no-store"] },
  },
  "retry-after": {
    description: "Seconds to wait before asking again.",
    schema: { type: "integer", minimum: 1 },
  },
  "allow": { description: "Methods the route takes.", schema: { const: ALLOWED_METHODS } },
  "link": {
    description: 'The next page, with rel="next" (RFC 8288); absent on the last one.',
    schema: { type: "string", pattern: '^<.+>; rel="next"$' },
  },
  "content-encoding": {
    description: "There where the body is compressed.",
    schema: { const: "gzip" },
  },
  "vary": {
    description: "Header of the request that the format goes by.",
    schema: { enum: ["accept", "accept-encoding"] },
  },
} as const satisfies Record<string, HeaderObject>;

/** Headers of the page: to each its one value. */
export const PAGE_HEADERS: Readonly<Record<string, HeaderObject>> = Object.fromEntries(
  Object.entries(SECURITY_HEADERS).map(([name, value]) => [
    spelled(name),
    { description: "Keeps the page to itself.", required: true, schema: { const: value } },
  ]),
);

/** Name of a header that is described here, in lower case. */
export type HeaderName = keyof typeof HEADERS;

/** Descriptions by name: of those that are always there, and of those that are at times. */
export function headersOf(
  always: readonly HeaderName[],
  at_times: readonly HeaderName[] = [],
): Record<string, HeaderObject> {
  return Object.fromEntries([
    ...always.map((name) => [spelled(name), { ...HEADERS[name], required: true }]),
    ...at_times.map((name) => [spelled(name), HEADERS[name]]),
  ]);
}

/** A header as documents spell it: `X-Data-Age-Ms`. */
export function spelled(name: string): string {
  if (name === "etag") return "ETag";
  return name.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("-");
}

/** All of a parameter but its name and place. */
type Described = Omit<ParameterObject, "name" | "in">;

/** Digits that `max_age_ms` may have. */
const MAX_AGE_MS_MAX = 10 ** 15 - 1;

const NAME: Schema = { type: "string", minLength: 1 };
const LISTED: Schema = { ...NAME, pattern: "^[^,]+$" };

const max_age_ms: Described = {
  description: "Answer 503 rather than data older than this, in milliseconds.",
  schema: { type: "integer", minimum: 0, maximum: MAX_AGE_MS_MAX },
  example: 5000,
};

/** Values separated by commas. */
function list(description: string, schema: Schema, example: readonly string[]): Described {
  const array = { type: "array", items: LISTED, minItems: 1, ...schema };
  return { description, style: "form", explode: false, schema: array, example };
}

const switch_ids = list(
  `Ids separated by commas, at most ${LIST_IDS_MAX.toLocaleString("en-US")}. One that ends with ` +
    `\`*\` stands for all that begin so; at most ${LIST_PREFIXES_MAX} of these.`,
  {
    maxItems: LIST_IDS_MAX,
    contains: { pattern: "\\*$" },
    minContains: 0,
    maxContains: LIST_PREFIXES_MAX,
  },
  ["sw-00*", "sw-010"],
);

/** Of GetMetric. */
export const GET_METRIC = inQuery<typeof GET_METRIC_PARAMETERS>({
  switch_id: {
    required: true,
    description: "Name of the row: `<guid>:<port>` for UFM data.",
    schema: NAME,
    example: "sw-000",
  },
  metric: {
    required: true,
    description: "Name of the column, as the source spells it.",
    schema: NAME,
    example: "bandwidth_gbps",
  },
  max_age_ms,
});

/** Of ListMetrics. */
export const LIST_METRICS = inQuery<typeof LIST_PARAMETERS>({
  switch_id: switch_ids,
  fields: list("Columns separated by commas, in that order.", {}, ["latency_us"]),
  limit: {
    description: "Rows of a page: the answer has `next_cursor`, and a `Link` header, while there " +
      "are more.",
    schema: { type: "integer", minimum: 1, maximum: PAGE_ROWS_MAX },
    example: 1000,
  },
  cursor: {
    description: "The `next_cursor` of the page before: good for its snapshot, 410 once that has " +
      "been replaced.",
    schema: { type: "string", minLength: 1 },
  },
  format: {
    description: "`json`, `csv` (RFC 4180, an empty cell for null) or `ndjson` (an item a line).",
    schema: { enum: LIST_FORMATS, default: LIST_FORMATS[0] },
  },
  max_age_ms,
});

/** Of the stream. */
export const STREAM = inQuery<typeof STREAM_PARAMETERS>({
  switch_id: switch_ids,
  metric: list("Columns separated by commas.", {}, ["latency_us"]),
  fields: list("`metric` by ListMetrics' name for it: one of the two.", {}, ["latency_us"]),
  last_event_id: {
    description: "What `Last-Event-ID` says, for clients that cannot send it: WebSockets.",
    schema: { type: "string" },
  },
});

/** Where 304 can be the answer. */
export const IF_NONE_MATCH: ParameterObject = {
  name: "If-None-Match",
  in: "header",
  description: "ETags of what is there already, or `*`: then 304 where it is the newest.",
  schema: { type: "string" },
};

/** Where gzip can be the answer. */
export const ACCEPT_ENCODING: ParameterObject = {
  name: "Accept-Encoding",
  in: "header",
  description: "With `gzip`, long bodies come as gzip.",
  schema: { type: "string" },
};

/** Of who comes back to a stream. */
export const LAST_EVENT_ID: ParameterObject = {
  name: "Last-Event-ID",
  in: "header",
  description: "Id of the last event seen: then only what is lacking since is sent.",
  schema: { type: "string" },
};

/** @param of What is known of each parameter that the route reads. */
function inQuery<Names extends readonly string[]>(
  of: Readonly<Record<Names[number], Described>>,
): ParameterObject[] {
  return Object.entries<Described>(of)
    .map(([name, described]) => ({ name, in: "query", ...described }));
}
