/** A page of a list as text, piece by piece, so that a long one never holds up other answers. Pure. */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import type { ListFormat } from "./list_query.ts";
import type { Page } from "./list_rows.ts";

/** Cells written at a time: about a millisecond's work. */
export const PIECE_CELLS = 8192;

/** `Content-Type` of each format. */
export const LIST_CONTENT_TYPES: Record<ListFormat, string> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
};

const encoder = new TextEncoder();

/** What is written besides the rows. */
export interface ListFrame {
  /** Columns in the order they are written. */
  readonly fields: readonly string[];
  /** Whether an item has all fields, as null where its source has no such column. */
  readonly all_fields: boolean;
  /** Of JSON: all before the fields, without a comma, and all behind the items. */
  readonly head: string;
  readonly tail: string;
}

/** Cells of a page, ids included. */
export function cellCount({ sources }: Page, fields: readonly string[]): number {
  return sources.reduce((sum, { rows }) => sum + rows.length, 0) * (fields.length + 1);
}

/** The text, at least one piece. */
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
    const write = format === "csv" ? csvRow : jsonItem;
    const own = format === "csv" || frame.all_fields
      ? columns
      : columns.filter(({ column }) => column >= 0);
    for (const row of rows) {
      text += separator + write(snapshot, row, own);
      if (format === "json") separator = ",";
      else text += "\n";
      cells += own.length + 1;
      if (cells < PIECE_CELLS) continue;
      yield encoder.encode(text);
      text = "";
      cells = 0;
    }
  }
  yield encoder.encode(format === "json" ? `${text}]${frame.tail}}` : text);
}

interface Column {
  readonly name: string;
  /** -1 where the source has none of this name. */
  readonly column: number;
}

function beginning(format: ListFormat, { fields, head }: ListFrame): string {
  if (format === "json") return `${head},"fields":${JSON.stringify(fields)},"items":[`;
  return format === "csv" ? `${[SWITCH_ID_COLUMN, ...fields].map(csvCell).join(",")}\n` : "";
}

function jsonItem(snapshot: Snapshot, row: number, columns: readonly Column[]): string {
  let text = `{"${SWITCH_ID_COLUMN}":${JSON.stringify(snapshot.idOf(row))}`;
  for (const { name, column } of columns) {
    text += `,${JSON.stringify(name)}:${column < 0 ? "null" : snapshot.token(row, column)}`;
  }
  return `${text}}`;
}

function csvRow(snapshot: Snapshot, row: number, columns: readonly Column[]): string {
  let text = csvCell(snapshot.idOf(row));
  for (const { column } of columns) {
    text += `,${column < 0 ? "" : csvToken(snapshot.token(row, column))}`;
  }
  return text;
}

function csvToken(token: string): string {
  if (token === "null") return "";
  return token.startsWith('"') ? csvCell(JSON.parse(token)) : token;
}

/** Quoted where RFC 4180 wants it. */
function csvCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
