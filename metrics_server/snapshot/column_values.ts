/** What the values of an unknown column show: text, numbers, or a counter. Pure. */
import { cellEnd, cellStart, type CellTable } from "../parse/mod.ts";
import { cellToken } from "./value.ts";
import { difference, newWholeNumber, readWholeNumber } from "./whole_number.ts";

/** What the values of one column have shown. Structured-cloneable; its size is fixed. */
export interface Seen {
  /** `whole`: whole numbers so far, so that it may be a counter; `none`: no values. */
  readonly type: "none" | "text" | "number" | "whole";
  readonly is_counter: boolean;
  /** Snapshots in which values increased and none decreased. */
  readonly ups: number;
  /** Snapshots in which a value decreased. */
  readonly downs: number;
}

const UNSEEN: Seen = { type: "none", is_counter: false, ups: 0, downs: 0 };

/** Rows whose cells decide the type. */
const TYPE_ROWS_MAX = 1_024;

/** Rows of a counter that are compared again: only to see whether it is one after all. */
const COUNTER_ROWS_MAX = 1_024;

/** Rows between two calls of `pause`. */
const BATCH_ROWS = 1_024;

/** Snapshots with a decrease that a counter may always have: resets. */
const RESETS_FREE = 2;

/** Increases for each decrease, from a counter rather than from a gauge. */
const UPS_PER_DOWN = 4;

/**
 * What is seen of a column after one more snapshot.
 *
 * @param same Cells of the snapshot before; null if it had other rows or columns.
 */
export function seenIn(
  table: CellTable,
  column: number,
  same: CellTable | null,
  before: Seen | null,
  pause: () => void,
): Seen {
  const held = before ?? UNSEEN;
  const type = held.type === "none" ? typeOf(table, column) : held.type;
  if (type !== "whole" || same === null) return { ...held, type };
  const step = stepOf(same, table, column, held.is_counter, pause);
  if (step === "number") return { ...UNSEEN, type: "number" };
  const ups = held.ups + (step === "up" ? 1 : 0);
  const downs = held.downs + (step === "down" ? 1 : 0);
  return { type, is_counter: isCounter(held.is_counter, ups, downs), ups, downs };
}

/**
 * A counter has increased and never decreased. Once it counts as one, few decreases are resets; a
 * gauge that only rose at first has as many decreases as increases in the long run.
 */
function isCounter(is_counter: boolean, ups: number, downs: number): boolean {
  return ups > downs * UPS_PER_DOWN || (is_counter && downs <= RESETS_FREE);
}

/** The type of most values in the first rows. */
function typeOf(table: CellTable, column: number): Seen["type"] {
  const rows = Math.min(table.rows, TYPE_ROWS_MAX);
  let texts = 0;
  let numbers = 0;
  let is_whole = true;
  for (let row = 0; row < rows; row++) {
    const token = tokenOf(table, row, column);
    if (token === "null") continue;
    if (token.startsWith('"')) texts++;
    else {
      numbers++;
      is_whole &&= isWhole(token);
    }
  }
  if (texts === 0 && numbers === 0) return "none";
  if (texts > numbers) return "text";
  return is_whole && texts === 0 ? "whole" : "number";
}

type Step = "same" | "up" | "down" | "number";

/** How a column's values changed; `number` if one is not a whole number. */
function stepOf(
  older: CellTable,
  newer: CellTable,
  column: number,
  is_counter: boolean,
  pause: () => void,
): Step {
  const rows = is_counter ? Math.min(newer.rows, COUNTER_ROWS_MAX) : newer.rows;
  let step: Step = "same";
  for (let row = 0; row < rows; row += BATCH_ROWS) {
    pause();
    const part = batchStep(older, newer, column, row, Math.min(row + BATCH_ROWS, rows));
    if (part === "down" || part === "number") return part;
    if (part === "up") step = "up";
  }
  return step;
}

const now = newWholeNumber();
const then = newWholeNumber();

/** {@link stepOf} of rows `[from, to)`: a function called often, which V8 optimises. */
function batchStep(
  older: CellTable,
  newer: CellTable,
  column: number,
  from: number,
  to: number,
): Step {
  let step: Step = "same";
  for (let row = from; row < to; row++) {
    if (!readCell(newer, row, column, now)) {
      const token = tokenOf(newer, row, column);
      if (token !== "null" && !isWhole(token)) return "number";
    } else if (readCell(older, row, column, then)) {
      const growth = difference(now, then);
      if (growth < 0) return "down";
      if (growth > 0) step = "up";
    }
  }
  return step;
}

function readCell(table: CellTable, row: number, column: number, into: typeof now): boolean {
  const [start, end] = [cellStart(table, row, column), cellEnd(table, row, column)];
  return readWholeNumber(table.bytes, start, end, into);
}

function tokenOf(table: CellTable, row: number, column: number): string {
  return cellToken(table.bytes, cellStart(table, row, column), cellEnd(table, row, column));
}

function isWhole(token: string): boolean {
  return /^\d+$/.test(token);
}
