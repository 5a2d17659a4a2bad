/** The simulated source: numbered samples, whose cells all name their sample, and its answers. */
import { bootId, snapshotId } from "../../../contracts/mod.ts";
import type { Random } from "../random.ts";
import { bytesOf } from "../bodies.ts";
import type { Active } from "./active.ts";
import type { SimulatedSettings } from "./timeline.ts";
import type { VirtualTime } from "../virtual_time.ts";

/** Epoch milliseconds of virtual time 0. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

export const COLUMNS = ["bandwidth_gbps", "latency_us", "packet_errors"] as const;
const COUNTER = COLUMNS.indexOf("packet_errors");

/** Counters are beyond 2^53: a JavaScript number would lose digits. */
const COUNTER_BASE = 9_007_199_254_740_993n;

/** Samples differ by this much in each cell, so that a cell names its sample and row. */
const STEP = 100;

export interface Sample {
  /** Counts all samples, across restarts. */
  readonly n: number;
  readonly id: string;
  /** True time. */
  readonly created_ms: number;
  /** The latest time that the source declared for it. */
  dated_ms: number;
}

export const switchId = (row: number) => `sw-${String(row).padStart(3, "0")}`;

/** The text of a cell, which names its sample and row. */
export function cellOf(n: number, row: number, column: number): string {
  const number = n * STEP + row;
  if (column === COUNTER) return String(COUNTER_BASE + BigInt(number));
  return `${number}.${column}5`;
}

/** The counter after a restart of the switch. */
const resetCell = (n: number, row: number) => String(n * STEP + row);

/** Number of the sample that a JSON token belongs to; NaN if it is none of that row and column. */
export function sampleOf(token: string, row: number, column: number): number {
  const number = column === COUNTER && token.length > 15
    ? Number(BigInt(token) - COUNTER_BASE)
    : Math.floor(Number(token));
  const n = Math.floor(number / STEP);
  const is_cell = token === cellOf(n, row, column) ||
    column === COUNTER && token === resetCell(n, row);
  return is_cell ? n : NaN;
}

export class SimulatedSource {
  readonly samples: Sample[] = [];
  is_running = false;
  #boots = 0;
  #sequence = 0;
  #cancel = () => {};
  #etags = 0;

  constructor(
    readonly time: VirtualTime,
    readonly settings: SimulatedSettings,
    readonly active: Active,
    readonly random: Random,
  ) {}

  start(): void {
    if (this.is_running) return;
    this.is_running = true;
    this.#boots++;
    this.#sequence = 0;
    this.#tick();
  }

  stop(): void {
    this.is_running = false;
    this.#cancel();
  }

  #tick(): void {
    const boot = bootId(EPOCH_MS, this.#boots);
    const id = snapshotId(boot, ++this.#sequence);
    const created_ms = this.time.now_ms;
    this.samples.push({ n: this.samples.length, id, created_ms, dated_ms: created_ms });
    this.#cancel = this.time.later(this.settings.data_interval_ms, () => this.#tick());
  }

  get newest(): Sample {
    return this.samples.at(-1)!;
  }

  /** The newest sample of some time ago, or the first one. */
  #before(age_ms: number): Sample {
    const at_ms = this.time.now_ms - age_ms;
    return this.samples.findLast(({ created_ms }) => created_ms <= at_ms) ?? this.samples[0];
  }

  /** The answer to a conditional GET, as it is made now. */
  answer(etag: string | null): { sample: Sample; response: SourceAnswer } {
    const { active, time } = this;
    const cached_ms = Number(active.of("http.cached")?.age_ms ?? 0);
    const back_ms = Number(active.of("http.stale")?.age_ms ?? 0) + cached_ms;
    const sample = back_ms > 0 ? this.#before(back_ms) : this.newest;
    const skew_ms = Number(active.of("http.clock_skew")?.skew_ms ?? 0);
    const frozen_ms = active.since("http.frozen_timestamp");
    const dated_ms = Math.floor(Math.min(sample.created_ms, frozen_ms ?? Infinity) + skew_ms);
    sample.dated_ms = Math.max(sample.dated_ms, dated_ms);
    const headers: Record<string, string> = {
      etag: this.#etag(sample),
      "x-snapshot-ts": String(EPOCH_MS + dated_ms),
      date: new Date(EPOCH_MS + time.now_ms - cached_ms + skew_ms).toUTCString(),
    };
    if (cached_ms > 0) headers.age = String(Math.ceil(cached_ms / 1000));
    if (etag === headers.etag && etag === `"${sample.id}"`) {
      return { sample, response: { status: 304, headers, body: null } };
    }
    headers["content-type"] = "text/csv; charset=utf-8";
    return { sample, response: { status: 200, headers, body: this.#body(sample) } };
  }

  #etag(sample: Sample): string {
    switch (this.active.of("http.bad_etag")?.mode) {
      case "same_for_other":
        return '"same"';
      case "malformed":
        return sample.id;
      case "changing":
        return `"changing-${++this.#etags}"`;
      default:
        return `"${sample.id}"`;
    }
  }

  #body({ n }: Sample): Uint8Array<ArrayBuffer> {
    const { active, random, settings } = this;
    const shareOf = (kind: string) => Number(active.of(kind)?.share ?? 0);
    const na = shareOf("http.na_flood"), torn = shareOf("http.torn_rows");
    const twice = shareOf("http.duplicate_rows");
    const is_reset = active.has("http.counter_reset");
    const order = COLUMNS.map((_, column) => column);
    if (active.has("http.reorder_columns")) order.reverse();
    const names = order.map((column) => COLUMNS[column] as string);
    const has_two = active.has("http.duplicate_column");
    const lines = [["switch_id", ...has_two ? ["switch_id"] : [], ...names].join(",")];
    for (let row = 0; row < settings.rows; row++) {
      const cells = order.map((column) => {
        if (na > 0 && random.chance(na)) return "N/A";
        return is_reset && column === COUNTER ? resetCell(n, row) : cellOf(n, row, column);
      });
      const id = switchId(row);
      if (torn > 0 && random.chance(torn)) cells.splice(random.below(cells.length));
      const line = [id, ...has_two ? [`other-${row}`] : [], ...cells].join(",");
      lines.push(line);
      if (twice > 0 && random.chance(twice)) lines.push(line);
    }
    return bytesOf(`${lines.join("\n")}\n`);
  }
}

export interface SourceAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}
