/** Which cells of the source's table the probes ask for. Pure. */
import type { Random } from "../../vocabulary/mod.ts";

/** One value of the table. */
export interface Cell {
  readonly switch_id: string;
  readonly metric: string;
}

/** Different cells the probes ask for. */
export const PROBED_CELLS_MAX = 24;

/** A sample of the source, as far as the lab looks into it. */
export interface SourceTable {
  readonly metrics: readonly string[];
  readonly switches: readonly string[];
  /** Digits as the source wrote them; null where there is no such cell. */
  value(switch_id: string, metric: string): string | null;
}

/** Reads data_server's own sample: a header, ids in the first column, nothing quoted. */
export function readTable(csv: string): SourceTable {
  const [header, ...lines] = csv.replace(/\r/g, "").split("\n").filter((line) => line !== "");
  const metrics = (header ?? "").split(",").slice(1);
  const column = new Map(metrics.map((metric, i) => [metric, i + 1]));
  const rows = new Map(lines.map((line) => {
    const cells = line.split(",");
    return [cells[0], cells] as const;
  }));
  return {
    metrics,
    switches: [...rows.keys()],
    value: (switch_id, metric) => rows.get(switch_id)?.[column.get(metric) ?? -1] ?? null,
  };
}

/** Cells drawn by `random`, each once. */
export function drawCells({ switches, metrics }: SourceTable, random: Random): Cell[] {
  const all = switches.flatMap((switch_id) => metrics.map((metric) => ({ switch_id, metric })));
  const cells: Cell[] = [];
  while (cells.length < PROBED_CELLS_MAX && all.length > 0) {
    cells.push(...all.splice(Math.floor(random() * all.length), 1));
  }
  return cells;
}
