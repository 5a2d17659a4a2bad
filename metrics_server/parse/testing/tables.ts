/** Random tables and random ways to write them as CSV. */
import type { Random } from "./random.ts";

/** Pieces that cells are put together from: what CSV has a meaning for, and what it has none for. */
const PLAIN = ["", "0", "18446744073709551615", "-1.5e-7", "N/A", " ", " a ", "ü€𝛑", "x'y", "\t"];
const SPECIAL = [",", '"', '""', "\n", "\r\n", "a\rb", ',\n"', "\n\n"];

/** Cells by row; the first row is a header with different names. */
export function randomTable(random: Random): string[][] {
  const columns = 1 + random.below(6);
  const header = ["switch_id", ...Array.from({ length: columns - 1 }, (_, c) => `m${c}`)];
  const rows = Array.from(
    { length: 1 + random.below(12) },
    () => Array.from({ length: columns }, () => randomCell(random)),
  );
  return [header, ...rows];
}

function randomCell(random: Random): string {
  const parts = Array.from(
    { length: random.below(4) },
    () => random.chance(0.2) ? random.of(SPECIAL) : random.of(PLAIN),
  );
  return parts.join("");
}

/**
 * A table as CSV: quotes where they are needed and elsewhere by chance, one line end throughout,
 * blank lines between rows, sometimes a byte order mark and no line end after the last row.
 */
export function writeTable(random: Random, table: readonly string[][]): string {
  const line_end = random.of(["\n", "\r\n"]);
  const blank_lines = random.of([0, 0.3]);
  const lines = table.flatMap((row) => {
    const line = row.map((cell) => writeCell(random, cell, row.length === 1)).join(",");
    return random.chance(blank_lines) ? [line, ""] : [line];
  });
  const mark = random.chance(0.2) ? "\ufeff" : "";
  return mark + lines.join(line_end) + (random.chance(0.8) ? line_end : "");
}

/** An empty cell on its own would be a blank line; a `\r` at the end would be part of the line end. */
function writeCell(random: Random, cell: string, alone: boolean): string {
  const needed = /[",\n\r]/.test(cell) || (alone && cell === "");
  if (!needed && random.chance(0.8)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}
