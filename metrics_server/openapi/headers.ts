/** Headers of the answers. */
import { HEADER_DATA_AGE_MS, HEADER_MISSING_SOURCES } from "../../contracts/mod.ts";
import { SECURITY_HEADERS } from "../dashboard/mod.ts";
import { ALLOWED_METHODS } from "../serve/mod.ts";
import type { HeaderObject } from "./types.ts";

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
