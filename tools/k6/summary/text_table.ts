/** Lines of names, dots and values under each other. */

/** A name and what stands behind it, cell by cell. */
export interface Row {
  name: string;
  /** Put under the row above it. */
  is_sub?: boolean;
  cells: readonly string[];
  /** Rows of the same kind share their columns. */
  kind: string;
}

const DOTS_MIN = 3;

/**
 * ```ts
 * dottedRows([{ name: "vus", cells: ["1", "min=1"], kind: "gauge" }]); // ["vus...: 1 min=1"]
 * ```
 */
export function dottedRows(rows: readonly Row[]): string[] {
  const names = rows.map(({ name, is_sub }) => is_sub ? `  { ${name} }` : name);
  const width = Math.max(0, ...names.map((name) => name.length)) + DOTS_MIN;
  return rows.map(({ cells, kind }, index) => {
    const dots = ".".repeat(width - names[index].length);
    const padded = cells.map((cell, column) =>
      column === cells.length - 1 ? cell : cell.padEnd(columnWidth(rows, kind, column))
    );
    return `${names[index]}${dots}: ${padded.join(" ")}`.trimEnd();
  });
}

function columnWidth(rows: readonly Row[], kind: string, column: number): number {
  return Math.max(
    ...rows.filter((row) => row.kind === kind).map(({ cells }) => cells[column]?.length ?? 0),
  );
}
