/** The log of a simulated run: its events as lines, and the broken invariants. */
import type { FromPollWorker } from "../../messages.ts";
import type { Version } from "../../saved/mod.ts";
import type { Sample } from "./source.ts";
import type { Subject } from "./subject.ts";
import type { VirtualTime } from "../virtual_time.ts";

export interface Violation {
  /** Name of the invariant. */
  readonly invariant: Invariant;
  readonly at_ms: number;
  readonly text: string;
}

export const INVARIANTS = {
  value: "every value is the source's in the named snapshot",
  age: "no age is understated",
  order: "one replica never goes back to an older snapshot",
  time: "the time of one snapshot never becomes later",
  answer: "data that was served once is always served",
  rate: "the source is polled at most as often as promised",
  recovery: "all replicas serve the newest snapshot within the bound after the last fault",
  fence: "each election has one winner",
  poller: "one replica polls for all, after the bound",
  store: "the store's newest snapshot is never replaced by an older one",
  left: "no timer, body or connection is left after a stop",
} as const;

export type Invariant = keyof typeof INVARIANTS;

export class Observer {
  readonly violations: Violation[] = [];
  readonly lines: string[] = [];
  /** Times of polls, by the process's name. */
  readonly polls = new Map<string, number[]>();
  /** When a whole answer with each sample was received last. */
  readonly received_ms: number[] = [];
  reads = 0;
  #published: Version | null = null;
  readonly #winners = new Map<number, string>();

  constructor(readonly time: VirtualTime) {}

  log(line: string): void {
    this.lines.push(`${Math.round(this.time.now_ms * 1000) / 1000} ${line}`);
  }

  /** Keeps the first violation of each invariant. */
  fails(invariant: Invariant, text: string): void {
    this.log(`VIOLATION ${invariant}: ${text}`);
    if (this.violations.some((one) => one.invariant === invariant)) return;
    this.violations.push({ invariant, at_ms: this.time.now_ms, text });
  }

  polled(worker: string): void {
    const [process] = worker.split(".");
    this.polls.set(process, [...this.polls.get(process) ?? [], this.time.now_ms]);
    this.log(`${worker} polls`);
  }

  answered(status: number, { n, id }: Sample): void {
    this.log(`source answers ${status} of sample ${n} ${id}`);
    if (status === 200) this.received_ms[n] = this.time.now_ms;
  }

  posted(subject: Subject, worker: string, message: FromPollWorker): void {
    if (message.kind === "poll") {
      const { event, fields, update } = message;
      const { cause = "", status = "", snapshot_id = "", detail = "" } = fields;
      const is_new = update.snapshot === null ? "" : "new";
      this.log(`${worker} ${event} ${cause} ${status} ${snapshot_id} ${is_new} ${detail}`);
    } else if (message.kind === "event") {
      const { event, fields } = message;
      this.log(`${worker} ${event} ${JSON.stringify(fields)}`);
      if (event === "replica.role" && fields.role === "leader") {
        this.#elected(Number(fields.fence), `${subject.name} ${worker}`);
      }
    }
  }

  #elected(fence: number, winner: string): void {
    const before = this.#winners.get(fence) ?? winner;
    this.#winners.set(fence, winner);
    if (before !== winner) this.fails("fence", `${fence} has winners ${before} and ${winner}`);
  }

  /** The store announces a publication, or a free lease. */
  storeTold(news: Version | string): void {
    if (typeof news === "string") return;
    const before = this.#published;
    this.#published = news;
    if (before === null || before.fence < news.fence) return;
    if (before.fence === news.fence && before.n < news.n) return;
    const [a, b] = [before, news].map(({ fence, n }) => `${fence}-${n}`);
    this.fails("store", `${b} replaces ${a}`);
  }

  /** The store has lost its data, and with it the elections so far. */
  storeEmptied(): void {
    this.#winners.clear();
    this.#published = null;
  }
}
