/** One simulated run: a source, replicas of the real code, their Redis, clients, and faults. */
import { endOf } from "../../../chaos/mod.ts";
import { SimulatedRedis } from "../../replicas/testing/simulated_redis.ts";
import { Random } from "../random.ts";
import { VirtualTime } from "../virtual_time.ts";
import { Active } from "./active.ts";
import { boundOf, calmOf } from "./bounds.ts";
import { Client } from "./client.ts";
import { FaultEffects } from "./effects.ts";
import { Network } from "./network.ts";
import { Observer, type Violation } from "./observer.ts";
import type { Plant } from "./planted.ts";
import { SimulatedSource } from "./source.ts";
import { StoreHop } from "./store_hop.ts";
import { Subject } from "./subject.ts";
import type { Timeline } from "./timeline.ts";

/** Polls of the time in which a run is checked after its recovery. */
const CHECKED_POLLS = 4;

/** Time from one request to a subject to the next. */
const READ_MS = 400;

/** Longest time of a graceful stop, beyond a poll's timeout. */
const STOP_MS = 2500;

/** Time that a snapshot may take to all replicas beyond a poll. */
const SPREAD_MS = 100;

export interface Run {
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  readonly polls: number;
  readonly reads: number;
}

/** All parts of one run, and its checks. */
export class World {
  readonly time = new VirtualTime();
  readonly active = new Active(this.time);
  readonly observer = new Observer(this.time);
  readonly redis: SimulatedRedis;
  readonly source: SimulatedSource;
  readonly hop: StoreHop;
  readonly network: Network;
  /** One for each number; null while it is killed. */
  readonly subjects: (Subject | null)[] = [];
  readonly #clients = new Map<Subject, Client>();
  readonly #ids = new Map<string, number>();
  readonly #effects: FaultEffects;
  #started = 0;
  /** Whether every answer must be the newest snapshot. */
  #recovered = false;

  constructor(readonly timeline: Timeline, readonly plant?: Plant) {
    const { settings, seed } = timeline;
    const { time, active, observer } = this;
    const random = (purpose: number) => new Random(seed * 8 + purpose);
    this.redis = new SimulatedRedis(time, settings.lease_ms);
    this.source = new SimulatedSource(time, settings, active, random(1));
    const { poll_ms } = settings;
    this.hop = new StoreHop({ active, redis: this.redis, random: random(2), poll_ms });
    const { source } = this;
    this.network = new Network({ active, source, observer, settings, random: random(3) });
    this.#effects = new FaultEffects(this);
    this.plant?.hooks().redis?.(this.redis);
    this.redis.listen("observer", (news) => observer.storeTold(news));
  }

  start(number: number): void {
    const { time, timeline: { settings, seed }, network, hop, observer, plant } = this;
    const random = new Random((seed * 8 + 4) * 64 + ++this.#started);
    const name = `s${number}r${this.#started}`;
    const subject = new Subject(name, number, {
      time,
      settings,
      network,
      hop,
      observer,
      random,
      plant,
    });
    const behind = this.active.of("clock.skew");
    if (Number(behind?.subject) === number) subject.skew_ms = Number(behind!.skew_ms);
    this.subjects[number] = subject;
    observer.log(`${name} starts`);
    const has = (...kinds: readonly string[]) =>
      this.timeline.faults.some(({ kind }) => kinds.includes(kind));
    const client = new Client({
      subject,
      source: this.source,
      observer,
      ids: this.#ids,
      random,
      // Between leaders, the source's time decides, which its clock may have dated ahead.
      may_go_back: has("http.stale", "http.cached") ||
        has("http.clock_skew") && this.timeline.settings.store === "redis",
      has_skew: has("clock.skew"),
    });
    this.#clients.set(subject, client);
    time.later(random.next() * READ_MS, () => this.#read(subject, client));
  }

  #read(subject: Subject, client: Client): void {
    if (subject.ended) return;
    this.time.later(READ_MS, () => this.#read(subject, client));
    if (!subject.is_frozen) void client.read().then((n) => this.#checkNewest(subject, n));
  }

  #checkNewest({ name }: Subject, n: number | null): void {
    if (!this.#recovered) return;
    const newest = this.#due;
    if (n !== null && n >= newest) return;
    this.observer.fails("recovery", `${name} serves sample ${n}, at least ${newest} is due`);
  }

  async run(): Promise<Run> {
    const { time, timeline, observer, source } = this;
    const { settings, faults } = timeline;
    source.start();
    for (let n = 0; n < settings.subjects; n++) this.start(n);
    await time.pass(timeline.baseline_ms);
    for (const fault of faults) {
      time.later(fault.at_ms, () => this.#effects.begin(fault));
      time.later(endOf(fault), () => this.#effects.lift(fault));
    }
    await time.pass(Math.max(0, ...faults.map(endOf)));
    await this.#recover(boundOf(timeline));
    observer.log("recovered");
    this.#recovered = true;
    const from_ms = time.now_ms;
    if (!this.#isWell()) observer.fails("recovery", this.#state);
    await time.pass(CHECKED_POLLS * settings.poll_ms);
    this.#recovered = false;
    this.#checkPollers(from_ms);
    await this.#stop();
    const polls = [...observer.polls.values()].reduce((sum, { length }) => sum + length, 0);
    return { violations: observer.violations, lines: observer.lines, polls, reads: observer.reads };
  }

  /** Waits until all has been well for some time, at most the bound. */
  async #recover(bound_ms: number): Promise<void> {
    const { time, timeline: { settings } } = this;
    const end_ms = time.now_ms + bound_ms;
    const calm_ms = calmOf(this.timeline);
    let well_since_ms = time.now_ms;
    while (time.now_ms < end_ms && time.now_ms - well_since_ms < calm_ms) {
      await time.pass(Math.min(settings.poll_ms / 2, end_ms - time.now_ms));
      if (!this.#isWell()) well_since_ms = time.now_ms;
    }
  }

  #isWell(): boolean {
    const { settings: { store } } = this.timeline;
    const alive = this.subjects.filter((subject) => subject !== null);
    const due = this.#due;
    const leaders = alive.filter(({ role }) => role === "leader").length;
    return alive.every(({ snapshot_id, failures }) =>
      failures === 0 && this.#numberOf(snapshot_id) >= due
    ) &&
      (store === "none" || leaders === 1 && alive.every(({ role }) => role !== "alone"));
  }

  /** Number of a snapshot's sample; -1 if no client has seen it yet. */
  #numberOf(snapshot_id: string | null): number {
    return this.#ids.get(snapshot_id ?? "") ??
      this.source.samples.findLast(({ id }) => id === snapshot_id)?.n ?? -1;
  }

  get #state(): string {
    const states = this.subjects.map((subject) =>
      subject === null ? "none" : `${subject.name} ${subject.role} ${subject.snapshot_id}`
    );
    return `sample ${this.#due} is due: ${states.join(", ")}`;
  }

  /** Number of the oldest sample that may be served. */
  get #due(): number {
    const { source, time: { now_ms }, timeline: { settings } } = this;
    const at_ms = now_ms - settings.poll_ms - SPREAD_MS;
    return source.samples.findLast(({ created_ms }) => created_ms <= at_ms)?.n ?? 0;
  }

  /** In calm times, one replica polls for all, once in POLL_MS. */
  #checkPollers(from_ms: number): void {
    const { observer, timeline: { settings } } = this;
    const counts = [...observer.polls].map(([name, at_ms]) =>
      [name, at_ms.filter((ms) => ms >= from_ms).length] as const
    ).filter(([, count]) => count > 0);
    const pollers = settings.store === "redis" ? 1 : settings.subjects;
    const text = counts.map(([name, count]) => `${name} ${count}`).join(", ");
    if (counts.length !== pollers) observer.fails("poller", `${pollers} must poll, not ${text}`);
    if (counts.some(([, count]) => count > CHECKED_POLLS + 1)) {
      observer.fails("rate", `in ${CHECKED_POLLS} × POLL_MS: ${text}`);
    }
  }

  async #stop(): Promise<void> {
    const { observer, time, timeline: { settings } } = this;
    const stopping = this.subjects.filter((subject) => subject !== null).map(async (subject) => {
      const left = await subject.stop();
      if (left.length > 0) observer.fails("left", `${subject.name}: ${left.join(", ")}`);
    });
    await time.pass(settings.timeout_ms + STOP_MS);
    await Promise.all(stopping);
    this.source.stop();
    if (time.timers.size > 0) await time.pass(READ_MS);
    if (time.timers.size > 0) observer.fails("left", `${time.timers.size} timers of the world`);
  }
}

export function simulate(timeline: Timeline, plant?: Plant): Promise<Run> {
  return new World(timeline, plant).run();
}
