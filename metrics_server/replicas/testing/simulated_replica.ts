/** A replica with a poller of its own, in virtual time. */
import type { Poller, PollerStats, PollOutcome, SavedSnapshot } from "../../poll/mod.ts";
import { emptyStats, PollError } from "../../poll/mod.ts";
import { timesOf } from "../../poll/testing/taker.ts";
import { StoreHealth } from "../../saved/mod.ts";
import type { VirtualTime } from "../../testing/virtual_time.ts";
import { Leaderships } from "../leaderships.ts";
import { Replica } from "../replica.ts";
import type { SimulatedRedis } from "./simulated_redis.ts";

export const POLL_MS = 500;
export const LEASE_MS = 3000;

/** The source: its sample changes every second. */
export class SimulatedSource {
  down = false;
  /** Whether its samples are refused, because they seem older than those before. */
  is_doubted = false;
  readonly polls: { replica: string; at_ms: number }[] = [];
  constructor(readonly time: VirtualTime) {}

  /** Number of the current sample. */
  get sample(): number {
    return 1 + Math.floor(this.time.now_ms / 1000);
  }
}

const encoder = new TextEncoder();

/** A poller without HTTP: it holds a sample's number. */
class SimulatedPoller implements Pick<Poller, "adopt" | "save" | "start" | "pause" | "stats"> {
  held: number | null = null;
  readonly served: number[] = [];
  #runs = false;
  #cancel = () => {};
  #failures = 0;

  constructor(readonly of: SimulatedReplica) {}

  get stats(): PollerStats {
    return { ...emptyStats("http://source/"), consecutive_failures: this.#failures };
  }

  start(): void {
    if (this.#runs) return;
    this.#runs = true;
    this.#poll();
  }

  pause(): void {
    this.#runs = false;
    this.#failures = 0;
    this.#cancel();
  }

  adopt({ snapshot_id }: SavedSnapshot, { in_order }: { in_order: boolean }): void {
    const sample = Number(snapshot_id.slice(1));
    if (sample === this.held) return;
    if (!in_order && this.held !== null && sample < this.held) {
      throw new PollError("older_snapshot", "older", 200);
    }
    this.#hold(sample);
  }

  save(): SavedSnapshot | null {
    if (this.held === null) return null;
    const times = timesOf({ answered_ms: this.held * 1000 });
    const body = encoder.encode(`switch_id,m\nsw-0,${this.held}\n`);
    return {
      snapshot_id: `s${this.held}`,
      etag: null,
      times,
      not_after_ms: this.held * 1000,
      intervals_ms: [],
      body,
    };
  }

  #hold(sample: number): void {
    this.held = sample;
    this.served.push(sample);
  }

  #poll(): void {
    const { source, time, id } = this.of;
    source.polls.push({ replica: id, at_ms: time.now_ms });
    const fails = source.down || source.is_doubted || this.of.source_is_gone;
    const is_new = !fails && source.sample !== this.held;
    if (is_new) this.#hold(source.sample);
    this.#failures = fails ? this.#failures + 1 : 0;
    const circuit = this.held !== null && this.#failures >= 5 ? "open" : "closed";
    const event = fails ? "poll.error" : "poll.run";
    this.#cancel = this.of.later(POLL_MS, () => this.#poll());
    const outcome = {
      event,
      snapshot: is_new ? {} : null,
      stats: {
        circuit,
        consecutive_failures: this.#failures,
        last_error: fails ? { cause: source.is_doubted ? "older_snapshot" : "refused" } : null,
      },
    };
    this.of.replica.polled(outcome as unknown as PollOutcome);
  }
}

interface SimulatedOptions {
  readonly time: VirtualTime;
  readonly redis: SimulatedRedis;
  readonly source: SimulatedSource;
  random(): number;
  readonly leaderships?: Leaderships;
}

export class SimulatedReplica {
  readonly events: string[] = [];
  readonly poller = new SimulatedPoller(this);
  readonly replica: Replica;
  /** Whether only this replica cannot reach the source. */
  source_is_gone = false;
  readonly time: VirtualTime;
  readonly source: SimulatedSource;
  /** Timers that came due while it was frozen. */
  #frozen: (() => void)[] | null = null;
  ended = false;

  constructor(readonly id: string, options: SimulatedOptions) {
    const { time, redis, source, random } = options;
    this.time = time;
    this.source = source;
    const log = (event: string, fields: object) =>
      this.events.push([event, ...Object.values(fields)].join(" "));
    this.replica = new Replica({
      replica_id: id,
      source: "http://source/",
      bytes_max: 10_000,
      lease_ms: LEASE_MS,
      store: redis.store(id, (news) => this.#run(() => this.replica.take(news))),
      poller: this.poller,
      health: new StoreHealth({ kind: "redis", epoch_ms: () => 0, report: log, onChange() {} }),
      leaderships: options.leaderships ?? new Leaderships(1, random),
      monotonic_ms: () => time.now_ms,
      random,
      later: this.later,
      report: log,
      onChange() {},
    });
  }

  readonly later = (delay_ms: number, run: () => void): () => void =>
    this.time.later(delay_ms, () => this.#run(run));

  /** Once this process runs; never after its end. */
  #run(run: () => void): void {
    if (this.ended) return;
    if (this.#frozen === null) run();
    else this.#frozen.push(run);
  }

  get role() {
    return this.replica.stats.role;
  }

  freeze(): void {
    this.#frozen ??= [];
  }

  thaw(): void {
    const due = this.#frozen ?? [];
    this.#frozen = null;
    for (const run of due) run();
  }

  /** As by SIGKILL. */
  kill(): void {
    this.ended = true;
    this.poller.pause();
  }
}
