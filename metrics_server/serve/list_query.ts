/** Query parameters of ListMetrics. */
import type { Store } from "../store.ts";
import { badFlag, badListParameter, badMaxAge, badParameter } from "./problems.ts";
import { readMaxAge } from "./data_response.ts";
import { Query, readFlag } from "./query.ts";

export const LIST_PARAMETERS = [
  "switch_id",
  "fields",
  "rate",
  "labels",
  "limit",
  "cursor",
  "format",
  "max_age_ms",
  "max_row_age_ms",
] as const;

const EXAMPLE = "/telemetry/ListMetrics?switch_id=sw-000,sw-001&fields=latency_us&limit=1000";

export const PAGE_ROWS_MAX = 1_000_000;
export const LIST_IDS_MAX = 1_000;
export const LIST_PREFIXES_MAX = 8;

export const LIST_FORMATS = ["json", "csv", "spreadsheet", "ndjson"] as const;

export type ListFormat = typeof LIST_FORMATS[number];

export interface IdFilter {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** A parsed query; null for absent parameters. */
export interface ListQuery {
  readonly max_age_ms: number;
  /** Age above which rows are left out. */
  readonly max_row_age_ms: number | null;
  /** Whether it requests the whole list as JSON: no parameter except `max_age_ms` and `labels`. */
  readonly is_whole: boolean;
  readonly limit: number | null;
  readonly cursor: string | null;
  readonly fields: readonly string[] | null;
  /** Whether each counter is followed by its rate. */
  readonly rate: boolean;
  /** Whether the labels come before `fields`. */
  readonly labels: boolean;
  readonly ids: IdFilter | null;
  readonly format: ListFormat;
}

/** The query without parameters. */
export const WHOLE_LIST: ListQuery = {
  max_age_ms: Infinity,
  max_row_age_ms: null,
  is_whole: true,
  limit: null,
  cursor: null,
  fields: null,
  rate: false,
  labels: false,
  ids: null,
  format: "json",
};

/**
 * Parses a query without its `?`; a 400 if it is invalid.
 *
 * ```ts
 * readListQuery("switch_id=sw-0*,sw-100&limit=10");
 * // { ids: { exact: ["sw-100"], prefixes: ["sw-0"] }, limit: 10, … }
 * ```
 *
 * Plain commas separate names; `%2C` is a comma within one.
 */
export function readListQuery(text: string): ListQuery | Response {
  if (text === "") return WHOLE_LIST;
  const query = new Query(text);
  const values = {} as Record<typeof LIST_PARAMETERS[number], string | null>;
  for (const name of LIST_PARAMETERS) {
    const value = query.optional(name);
    if (typeof value === "object" && value !== null) return badParameter(value, EXAMPLE);
    values[name] = value;
  }
  const max_age_ms = readMaxAge(values.max_age_ms);
  if (max_age_ms === null) return badMaxAge(values.max_age_ms!);
  const row_age_ms = readMaxAge(values.max_row_age_ms);
  if (row_age_ms === null) return badMaxAge(values.max_row_age_ms!, "max_row_age_ms");
  const max_row_age_ms = row_age_ms === Infinity ? null : row_age_ms;
  const limit = readLimit(values.limit);
  if (limit instanceof Response) return limit;
  const ids = readIds(query);
  if (ids instanceof Response) return ids;
  const fields = listOf("fields", query);
  if (fields instanceof Response) return fields;
  const [rate, labels] = [readFlag(values.rate), readFlag(values.labels)];
  if (rate === null) return badFlag("rate", values.rate!);
  if (labels === null) return badFlag("labels", values.labels!);
  const format = LIST_FORMATS.find((known) => known === (values.format ?? "json"));
  if (format === undefined) {
    return badListParameter("format", values.format!, `one of ${LIST_FORMATS.join(", ")}`);
  }
  const { cursor } = values;
  const is_whole = limit === null && cursor === null && fields === null && ids === null &&
    max_row_age_ms === null && !rate && format === "json";
  const selected = { limit, cursor, fields, rate, labels, ids, format };
  return { max_age_ms, max_row_age_ms, is_whole, ...selected };
}

/** Rows that are looked at for a query, at most. */
export function rowsSearched(
  { ids, limit, max_row_age_ms }: ListQuery,
  store: Pick<Store, "delivered">,
): number {
  if (ids !== null && ids.prefixes.length === 0) return ids.exact.length;
  const rows = store.delivered().reduce((sum, { snapshot }) => sum + snapshot!.data.table.rows, 0);
  return ids === null && max_row_age_ms === null ? Math.min(rows, limit ?? rows) : rows;
}

function readLimit(text: string | null): number | null | Response {
  if (text === null) return null;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= PAGE_ROWS_MAX) return limit;
  return badListParameter("limit", text, `a whole number 1–${PAGE_ROWS_MAX}, e.g. 1000`);
}

/** Ids and prefixes of `switch_id`; null if it is absent. */
export function readIds(query: Query): IdFilter | null | Response {
  const ids = listOf("switch_id", query);
  if (ids === null || ids instanceof Response) return ids;
  const prefixes = ids.filter((id) => id.endsWith("*")).map((id) => id.slice(0, -1));
  const exact = ids.filter((id) => !id.endsWith("*"));
  if (ids.length > LIST_IDS_MAX || prefixes.length > LIST_PREFIXES_MAX) {
    const must = `at most ${LIST_IDS_MAX} ids, of which ${LIST_PREFIXES_MAX} may end with *`;
    return badListParameter("switch_id", ids.join(","), must);
  }
  return { exact, prefixes };
}

/** Names in a list-valued parameter, each once; null if it is absent. */
export function listOf(parameter: string, query: Query): string[] | null | Response {
  const names = query.list(parameter);
  if (names === null) return null;
  if (!names.includes("")) return [...new Set(names)];
  return badListParameter(parameter, names.join(","), "non-empty names separated by commas");
}
