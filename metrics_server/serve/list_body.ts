/** Bodies of ListMetrics: prepared JSON with a short head, or text written for a request. */
import { SNAPSHOT_ID_SEPARATOR, SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import type { HeldSource } from "../store.ts";
import type { ListTimes } from "./data_response.ts";
import { oldestRowTime } from "./freshness.ts";
import type { ListFormat } from "./list_query.ts";
import type { Page } from "./list_rows.ts";

/** Longest list body that each serving thread copies once per snapshot. */
export const LIST_COPY_BYTES_MAX = 1024 * 1024;

/** Longest gzip list that is copied for each response; longer ones are bounded in number. */
export const GZIP_COPY_BYTES_MAX = 128 * 1024;

const LIST_CHUNK_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/** The combined snapshot of all sources that delivered. */
export interface ListView extends ListTimes {
  readonly id: string;
  /** URLs of sources that have not delivered. */
  readonly missing: readonly string[];
}

export function viewOf(sources: readonly HeldSource[], missing: readonly string[]): ListView {
  const snapshots = sources.map(({ snapshot }) => snapshot!.data);
  return {
    id: snapshots.map(({ id }) => id).join(SNAPSHOT_ID_SEPARATOR),
    taken_ms: Math.min(...snapshots.map(({ taken_ms }) => taken_ms)),
    oldest_ms: snapshots.some(({ own_times }) => own_times !== null)
      ? Math.min(...snapshots.map(oldestRowTime))
      : NaN,
    missing,
  };
}

/** `{"snapshot_id":…,"age_ms":…`, the part that changes between responses of one snapshot. */
export function listHead({ id }: ListView, age_ms: number): Uint8Array {
  return encoder.encode(`{"snapshot_id":${JSON.stringify(id)},"age_ms":${age_ms}`);
}

/** The parts after the head: fields, items, end. All items must be prepared. */
export function listRest(sources: readonly HeldSource[], missing: readonly string[]): Uint8Array[] {
  const fields = new Set(sources.flatMap(({ snapshot }) => snapshot!.metrics()));
  // Without this, a missing source would look like a missing switch.
  const lacking = missing.length > 0 ? `,"missing_sources":${JSON.stringify(missing)}` : "";
  const parts: Uint8Array[] = [
    encoder.encode(`${lacking},"fields":${JSON.stringify([...fields])},"items":[`),
  ];
  // A shard may have no rows of a source.
  sources.filter(({ items }) => items!.length > 0).forEach(({ items }, index) => {
    if (index > 0) parts.push(encoder.encode(","));
    parts.push(items!);
  });
  parts.push(encoder.encode("]}"));
  return parts;
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Copies of the parts' bytes, `chunk_bytes` at a time. */
export function* chunksOf(
  parts: readonly Uint8Array[],
  chunk_bytes = LIST_CHUNK_BYTES,
): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += chunk_bytes) {
      yield new Uint8Array(part.subarray(at, at + chunk_bytes));
    }
  }
}

/** Cells per chunk of text; takes about 1 ms. */
export const CHUNK_CELLS = 8192;

export const LIST_CONTENT_TYPES: Record<ListFormat, string> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8",
  spreadsheet: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
};

/** The parts of a list besides its rows. */
export interface ListFrame {
  /** Columns in output order. */
  readonly fields: readonly string[];
  /** Whether items have all fields, null if the source lacks the column. */
  readonly all_fields: boolean;
  /** JSON before the fields (without a comma) and after the items. */
  readonly head: string;
  readonly tail: string;
}

/** Cells of a page, including ids. */
export function cellCount({ sources }: Page, fields: readonly string[]): number {
  return sources.reduce((sum, { rows }) => sum + rows.length, 0) * (fields.length + 1);
}

/** The text in at least one chunk. */
export function* listText(
  page: Page,
  format: ListFormat,
  frame: ListFrame,
): Generator<Uint8Array<ArrayBuffer>> {
  const { fields } = frame;
  let text = beginning(format, frame);
  let cells = 0;
  let separator = "";
  for (const { snapshot, rows } of page.sources) {
    const columns = fields.map((name) => ({ name, column: snapshot.column(name) }));
    const write = WRITERS[format];
    const own = isCsv(format) || frame.all_fields
      ? columns
      : columns.filter(({ column }) => column >= 0);
    for (const row of rows) {
      text += separator + write(snapshot, row, own);
      if (format === "json") separator = ",";
      else text += "\n";
      cells += own.length + 1;
      if (cells < CHUNK_CELLS) continue;
      yield encoder.encode(text);
      text = "";
      cells = 0;
    }
  }
  yield encoder.encode(format === "json" ? `${text}]${frame.tail}}` : text);
}

interface Column {
  readonly name: string;
  /** −1 if the source lacks it. */
  readonly column: number;
}

function beginning(format: ListFormat, { fields, head }: ListFrame): string {
  if (format === "json") return `${head},"fields":${JSON.stringify(fields)},"items":[`;
  if (!isCsv(format)) return "";
  const cellOf = format === "csv" ? csvCell : textCell;
  return `${[SWITCH_ID_COLUMN, ...fields].map(cellOf).join(",")}\n`;
}

function jsonItem(snapshot: Snapshot, row: number, columns: readonly Column[]): string {
  let text = `{"${SWITCH_ID_COLUMN}":${JSON.stringify(snapshot.idOf(row))}`;
  for (const { name, column } of columns) {
    text += `,${JSON.stringify(name)}:${column < 0 ? "null" : snapshot.token(row, column)}`;
  }
  return `${text}}`;
}

/** Writes a row; `cellOf` makes a cell of a text. */
function csvRowWith(cellOf: (text: string) => string): typeof jsonItem {
  const cell = (token: string) => {
    if (token === "null") return "";
    return token.startsWith('"') ? cellOf(JSON.parse(token)) : token;
  };
  return (snapshot, row, columns) => {
    let text = cellOf(snapshot.idOf(row));
    for (const { column } of columns) {
      text += `,${column < 0 ? "" : cell(snapshot.token(row, column))}`;
    }
    return text;
  };
}

/** A CSV cell, quoted if needed (RFC 4180). */
function csvCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cell of a text that a spreadsheet must not take for a formula, which `'` prevents. */
function textCell(text: string): string {
  return csvCell(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}

function isCsv(format: ListFormat): boolean {
  return format === "csv" || format === "spreadsheet";
}

const WRITERS: Record<ListFormat, typeof jsonItem> = {
  json: jsonItem,
  csv: csvRowWith(csvCell),
  spreadsheet: csvRowWith(textCell),
  ndjson: jsonItem,
};
