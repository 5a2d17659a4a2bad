/** Records the source's snapshots, past every proxy, to compare answers with. */
import { HEADER_SNAPSHOT_TS, idOfEtag } from "../../../contracts/mod.ts";
import type { JournalEntry } from "../../journal/mod.ts";
import type { Random } from "../../vocabulary/mod.ts";
import { ProbeConnections } from "./probe_connections.ts";

/** Time between two requests, in milliseconds; well below the shortest data interval. */
const SOURCE_EVERY_MS = 100;

/** Watches the source until {@link SourceWatch.stop}. */
export class SourceWatch {
  readonly #connections: ProbeConnections;
  readonly #path: string;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #add: (entry: JournalEntry) => void;
  #cells: readonly Cell[] = [];
  #etag: string | null = null;
  #requesting: Promise<void> | null = null;
  #first = Promise.withResolvers<SourceTable>();

  /** @param host `127.0.0.1:9001` */
  constructor(host: string, path: string, add: (entry: JournalEntry) => void) {
    this.#connections = new ProbeConnections(host);
    this.#path = path;
    this.#add = add;
    this.#first.promise.catch(() => {}); // reported by `first`
    this.#timer = setInterval(() => this.#request(), SOURCE_EVERY_MS);
    this.#request();
  }

  get first(): Promise<SourceTable> {
    return this.#first.promise;
  }

  /** Records the values of these cells from the current snapshot on. */
  watch(cells: readonly Cell[]): void {
    this.#cells = cells;
    this.#etag = null;
  }

  /** Reads the source once more: a probe may have got a snapshot of the last moments. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#requesting;
    await this.#readSnapshot();
    this.#connections[Symbol.dispose]();
    this.#first.reject(new Error("No snapshot of the source before its watch ended"));
  }

  #request(): void {
    this.#requesting ??= this.#readSnapshot().finally(() => this.#requesting = null);
  }

  async #readSnapshot(): Promise<void> {
    const headers = this.#etag === null ? [] : [["If-None-Match", this.#etag] as const];
    const cells = this.#cells;
    const answer = await this.#connections.get(this.#path, headers);
    // The source may be down; 304 means no new snapshot.
    if (answer === null || answer.status !== 200) return;
    const header = (name: string) => answer.headers.find(([key]) => key === name)?.[1] ?? null;
    const etag = header("etag");
    const snapshot_id = idOfEtag(etag);
    const taken_ms = Number(header(HEADER_SNAPSHOT_TS) ?? NaN);
    if (snapshot_id === null || !Number.isFinite(taken_ms)) return;
    const table = readTable(new TextDecoder().decode(answer.body));
    if (cells === this.#cells) this.#etag = etag;
    this.#first.resolve(table);
    if (cells.length === 0) return;
    const values: Record<string, string> = {};
    for (const { switch_id, metric } of cells) {
      const value = table.value(switch_id, metric);
      if (value !== null) values[`${switch_id} ${metric}`] = value;
    }
    this.#add({ kind: "source", snapshot_id, taken_ms, values });
  }
}

/** One value of the table. */
export interface Cell {
  readonly switch_id: string;
  readonly metric: string;
}

const PROBED_CELLS_MAX = 24;

/** A sample of the source. */
interface SourceTable {
  readonly metrics: readonly string[];
  readonly switches: readonly string[];
  /** Digits as the source wrote them; null if the cell does not exist. */
  value(switch_id: string, metric: string): string | null;
}

/** Parses data_server's sample: ids in the first column, no quotes. */
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

export function drawCells(
  { switches, metrics }: SourceTable,
  random: Random,
  count_max = PROBED_CELLS_MAX,
): Cell[] {
  const all = switches.flatMap((switch_id) => metrics.map((metric) => ({ switch_id, metric })));
  const cells: Cell[] = [];
  while (cells.length < count_max && all.length > 0) {
    cells.push(...all.splice(Math.floor(random() * all.length), 1));
  }
  return cells;
}
