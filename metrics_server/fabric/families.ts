/** Prometheus' names for the columns of a source. Pure. */
import type { ColumnAnswer } from "../../contracts/mod.ts";

const PREFIX = "fabric_";

/** Beginning of the service's own names, of which no column can get one. */
const OWN_PREFIX = "fabric_telemetry_";

/** Series of one column. */
export interface FabricFamily {
  readonly column: string;
  /** Without the `_total` of a counter. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly unit: string | null;
  /** Digits at which the counter stops; null for a gauge. */
  readonly saturated_at: string | null;
}

/**
 * A family for each counter and gauge, in their order. Columns whose names become equal are
 * numbered. A counter that only its values suggest stays a gauge, since its kind, and so its name,
 * could change.
 */
export function familiesOf(columns: readonly ColumnAnswer[]): FabricFamily[] {
  const names = new UniqueNames();
  return columns.filter(({ kind }) => kind === "counter" || kind === "gauge").map((column) => {
    const type = column.kind === "counter" && column.kind_from !== "values" ? "counter" : "gauge";
    const clean = PREFIX + column.name.replaceAll(/[^a-zA-Z0-9_]/g, "_");
    const free = clean.startsWith(OWN_PREFIX) ? `${PREFIX}column_${clean.slice(7)}` : clean;
    // `x` and `x_total` would both be `x_total` if the first one is a counter.
    const base = free.replace(/_total$/, "");
    const name = names.take(base);
    return {
      column: column.name,
      name: type === "gauge" && name === base ? free : name,
      type,
      unit: column.unit,
      saturated_at: type === "counter" ? column.saturated_at : null,
    };
  });
}

/** Label names for columns, beside the labels of ids. */
export function labelNames(columns: readonly string[]): string[] {
  const names = new UniqueNames(["switch", "port"]);
  return columns.map((column) => {
    const clean = column.replaceAll(/[^a-zA-Z0-9_]/g, "_");
    return names.take(/^(\d|__)/.test(clean) ? `column_${clean}` : clean);
  });
}

/** Gives each name once; repeated ones get a number. Linear in all names. */
class UniqueNames {
  readonly #taken: Set<string>;
  /** Next number by name. */
  readonly #next = new Map<string, number>();

  constructor(taken: readonly string[] = []) {
    this.#taken = new Set(taken);
  }

  take(plain: string): string {
    let name = plain;
    for (let n = this.#next.get(plain) ?? 2; this.#taken.has(name); n++) {
      name = `${plain}_${n}`;
      this.#next.set(plain, n + 1);
    }
    this.#taken.add(name);
    return name;
  }
}
