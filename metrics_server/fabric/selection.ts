/** What a request of `/metrics/fabric` selects. */
import { type ColumnAnswer, DESCRIPTION_COLUMNS, matchesColumn } from "../../contracts/mod.ts";
import type { ExpositionFormat } from "../../platform/mod.ts";
import { ageOf, badParameter, type IdFilter, listOf, Query, readIds } from "../serve/mod.ts";
import type { HeldSource } from "../store.ts";

export const FABRIC_PARAMETERS = ["switch_id", "fields"] as const;

const EXAMPLE = "/metrics/fabric?fields=PortXmit*,SymbolErrorCounter&switch_id=0x98*";

/** Structured-cloneable. */
export interface FabricSelection {
  /** Names of columns in any case, or beginnings with `*`; empty: all. */
  readonly fields: readonly string[];
  /** Null: all rows. */
  readonly ids: IdFilter | null;
  readonly format: ExpositionFormat;
}

/** METRICS_FABRIC_SERIES_MAX and MAX_STALE_MS. */
export interface FabricSettings {
  readonly series_max: number;
  readonly max_stale_ms: number;
}

/** Parses a query without its `?`; a 400 if it is invalid. */
export function readSelection(
  text: string,
  columns: readonly string[],
  format: ExpositionFormat,
): FabricSelection | Response {
  if (text === "") return { fields: columns, ids: null, format };
  const query = new Query(text);
  for (const name of FABRIC_PARAMETERS) {
    const value = query.optional(name);
    if (typeof value === "object" && value !== null) return badParameter(value, EXAMPLE);
  }
  const ids = readIds(query);
  if (ids instanceof Response) return ids;
  const fields = listOf("fields", query);
  return fields instanceof Response ? fields : { fields: fields ?? columns, ids, format };
}

/** The first name, not a beginning, that no column has. */
export function unknownColumn(
  fields: readonly string[],
  columns: readonly ColumnAnswer[],
): string | undefined {
  return fields.find((field) =>
    !field.includes("*") && !columns.some(({ name }) => matchesColumn(field, name))
  );
}

/**
 * The selected columns: those with series, and those that are labels of each series. Labels are
 * LABEL_COLUMNS, columns that describe a row, and every label column that is selected by its name.
 */
export function selectColumns(
  fields: readonly string[],
  columns: readonly ColumnAnswer[],
): { metrics: ColumnAnswer[]; labels: string[] } {
  const isSelected = ({ name }: ColumnAnswer) =>
    fields.length === 0 || fields.some((field) => matchesColumn(field, name));
  const isLabel = ({ name, kind, kind_from }: ColumnAnswer) =>
    kind === "label" &&
    (kind_from === "LABEL_COLUMNS" || DESCRIPTION_COLUMNS.includes(name.toLowerCase()) ||
      fields.some((field) => !field.includes("*") && matchesColumn(field, name)));
  return {
    metrics: columns.filter(isSelected),
    labels: columns.filter(isLabel).map(({ name }) => name),
  };
}

/** Age of a source's snapshot. */
export function ageIn({ snapshot }: HeldSource, now_ms: number): number {
  return ageOf(snapshot!.data.taken_ms, now_ms);
}

/** Sources whose data is not older than MAX_STALE_MS. */
export function freshOf(
  delivered: readonly HeldSource[],
  max_stale_ms: number,
  now_ms: number,
): HeldSource[] {
  return delivered.filter((held) => ageIn(held, now_ms) <= max_stale_ms);
}
