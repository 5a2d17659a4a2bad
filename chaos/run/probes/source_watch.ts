/** Records the source's snapshots, past every proxy, to compare answers with. */
import { HEADER_SNAPSHOT_TS, IDENTITY_SEPARATOR, idOfEtag } from "../../../contracts/mod.ts";
import { columnRoles } from "../../http_faults/csv_table.ts";
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
  /** The last recorded body of a source without ETags. */
  #body: string | null = null;
  #snapshots = 0;
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
    this.#body = null;
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
    const body = new TextDecoder().decode(answer.body);
    if (etag === null && body === this.#body) return;
    const table = readTable(body);
    // An id that no response names: its values alone show that a response is from it.
    const snapshot_id = etag === null ? `unnamed-${++this.#snapshots}` : idOfEtag(etag);
    const taken_ms = Number(header(HEADER_SNAPSHOT_TS) ?? table.newest_row_ms ?? NaN);
    if (snapshot_id === null || !Number.isFinite(taken_ms)) return;
    if (cells === this.#cells) {
      this.#etag = etag;
      this.#body = body;
    }
    this.#first.resolve(table);
    if (cells.length === 0) return;
    const values: Record<string, string> = {};
    for (const { switch_id, metric } of cells) {
      const value = table.value(switch_id, metric);
      if (value !== null) values[`${switch_id} ${metric}`] = value;
    }
    this.#add({ kind: "source", snapshot_id, taken_ms, rows: table.rows, values });
  }
}

/** One value of the table. */
export interface Cell {
  readonly switch_id: string;
  readonly metric: string;
}

const PROBED_CELLS_MAX = 24;

/** A sample of the source. */
export interface SourceTable {
  readonly metrics: readonly string[];
  /** Without rows whose own time is long past: ports that are down. */
  readonly switches: readonly string[];
  /** Number of all rows. */
  readonly rows: number;
  /** Newest time of a row, in epoch ms; null if rows have none. */
  readonly newest_row_ms: number | null;
  /** Digits as the source wrote them; null if the cell does not exist. */
  value(switch_id: string, metric: string): string | null;
}

/** A row that is this much older than the newest one is not probed, in milliseconds. */
const PAST_ROW_MS = 60_000;

/** Parses data_server's sample, of either profile. It has no quotes, and row times in µs. */
export function readTable(csv: string): SourceTable {
  const [head, ...lines] = csv.replace(/\r/g, "").split("\n").filter((line) => line !== "");
  const header = (head ?? "").split(",");
  const { identity, timestamp, values } = columnRoles(header);
  const column = new Map(values.map((i) => [header[i], i]));
  const rows = new Map(lines.map((line) => {
    const cells = line.split(",");
    return [identity.map((i) => cells[i]).join(IDENTITY_SEPARATOR), cells] as const;
  }));
  const timeOf = (cells: readonly string[]) =>
    timestamp === null ? NaN : Math.floor(Number(cells[timestamp]) / 1000);
  const newest_row_ms = [...rows.values()].map(timeOf).reduce((a, b) => Math.max(a, b), -Infinity);
  const isPast = (cells: readonly string[]) => newest_row_ms - timeOf(cells) > PAST_ROW_MS;
  return {
    metrics: [...column.keys()],
    switches: [...rows].filter(([, cells]) => !isPast(cells)).map(([id]) => id),
    rows: rows.size,
    newest_row_ms: Number.isFinite(newest_row_ms) ? newest_row_ms : null,
    value: (switch_id, metric) => rows.get(switch_id)?.[column.get(metric) ?? -1] ?? null,
  };
}

/** Whether a double cannot hold every whole number of this size. */
function isWide(value: string | null): boolean {
  return value !== null && /^\d+$/.test(value) && BigInt(value) > Number.MAX_SAFE_INTEGER;
}

/** Draws distinct cells; every second one has a wide value, if there are such. */

export function drawCells(
  { switches, metrics, value }: SourceTable,
  random: Random,
  count_max = PROBED_CELLS_MAX,
): Cell[] {
  const all = switches.flatMap((switch_id) => metrics.map((metric) => ({ switch_id, metric })));
  const { wide = [], others = [] } = Object.groupBy(
    all,
    ({ switch_id, metric }) => isWide(value(switch_id, metric)) ? "wide" : "others",
  );
  const cells: Cell[] = [];
  while (cells.length < count_max && wide.length + others.length > 0) {
    const from = cells.length % 2 === 0 && wide.length > 0 || others.length === 0 ? wide : others;
    cells.push(...from.splice(Math.floor(random() * from.length), 1));
  }
  return cells;
}
