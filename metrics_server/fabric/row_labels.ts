/** Labels of each selected row, written once for all of its series. */
import { IDENTITY_SEPARATOR } from "../../contracts/mod.ts";
import { escapeLabel } from "../../platform/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import { ByteWriter } from "./byte_writer.ts";
import { labelNames } from "./families.ts";

/** Usual bytes of a row's labels. */
const LABELS_BYTES = 96;

/** Labels of row `i` of the selected rows: `{switch="0xa",port="1"} `. */
export interface RowLabels {
  readonly bytes: Uint8Array;
  /** Row `i`'s labels are `bytes[starts[i], starts[i + 1])`. */
  readonly starts: Uint32Array;
}

/** @param columns Columns that are labels, beside the id. */
export function rowLabels(
  snapshot: Snapshot,
  rows: readonly number[],
  columns: readonly string[],
): RowLabels {
  const { identities } = snapshot.data.topology.header;
  const is_composed = identities.every((names) => names.length > 1);
  const named = labelNames(columns).map((name, index) => ({
    name,
    column: snapshot.column(columns[index]),
  })).filter(({ column }) => column >= 0);
  const writer = new ByteWriter(rows.length * LABELS_BYTES);
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    let text = idLabels(snapshot.idOf(row), is_composed);
    for (const { name, column } of named) text += cellLabel(name, snapshot.token(row, column));
    writer.text(`{${text}} `);
    starts[i + 1] = writer.length;
  });
  return { bytes: writer.bytes, starts };
}

/** The switch name, or GUID and port of a composed id. */
function idLabels(id: string, is_composed: boolean): string {
  const at = is_composed ? id.lastIndexOf(IDENTITY_SEPARATOR) : -1;
  return at < 0
    ? `switch="${escapeLabel(id)}"`
    : `switch="${escapeLabel(id.slice(0, at))}",port="${escapeLabel(id.slice(at + 1))}"`;
}

/** Empty for a missing value: to Prometheus, an empty label is no label. */
function cellLabel(name: string, token: string): string {
  if (token === "null") return "";
  return `,${name}="${escapeLabel(token.startsWith('"') ? JSON.parse(token) : token)}"`;
}
