/** A series as one line of block characters. */
import type { Span } from "../judge/mod.ts";
import type { Point } from "./series.ts";

export interface Scale extends Span {
  columns: number;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * The largest value of each column, or a blank without a value. A value holds until the next one if
 * that follows within `hold_ms`, since windows may be longer than a column.
 */
export function sparkline(
  points: readonly Point[],
  { hold_ms = 0, ...scale }: Scale & { hold_ms?: number },
): string {
  const { columns } = scale;
  const largest: (number | null)[] = Array(columns).fill(null);
  for (const { t_ms, value } of points) {
    const column = columnOf(t_ms, scale);
    if (value === null || column === null) continue;
    largest[column] = Math.max(largest[column] ?? 0, value);
  }
  const held = new Map<number, number>();
  for (const [i, { t_ms, value }] of points.entries()) {
    const next_ms = points[i + 1]?.t_ms;
    if (value === null || next_ms === undefined || next_ms - t_ms > hold_ms) continue;
    const first = columnOf(t_ms, scale), next = columnOf(next_ms, scale);
    for (let column = (first ?? columns) + 1; column < (next ?? 0); column++) {
      held.set(column, value);
    }
  }
  for (const [column, value] of held) largest[column] ??= value;
  const top = Math.max(...largest.map((value) => value ?? 0));
  return largest.map((value) => value === null ? " " : block(value, top)).join("");
}

/** The column of a time; null if it is outside. */
export function columnOf(t_ms: number, { from_ms, to_ms, columns }: Scale): number | null {
  if (t_ms < from_ms || t_ms > to_ms || to_ms <= from_ms) return null;
  return Math.min(columns - 1, Math.floor((t_ms - from_ms) / (to_ms - from_ms) * columns));
}

function block(value: number, top: number): string {
  if (top <= 0) return BLOCKS[0];
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.ceil(value / top * BLOCKS.length) - 1)] ??
    BLOCKS[0];
}
