/**
 * One process of metrics_server in virtual time: the real poll worker's work and the real answers,
 * and between them what the main thread does in app.ts.
 */
import { bootId } from "../../../contracts/mod.ts";
import type { FromPollWorker } from "../../messages.ts";
import { fetchReader, NO_ACCESS, paceWork } from "../../poll/mod.ts";
import { CLOCK_LOOK_MS, Polling } from "../../polling.ts";
import { AUTO_TIMES, OLDER_BYTES_MAX } from "../../snapshot/mod.ts";
import { Store } from "../../store.ts";
import type { Random } from "../random.ts";
import { TestServer } from "../test_server.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { Plant } from "./planted.ts";
import { Scope } from "./scope.ts";
import { EPOCH_MS } from "./source.ts";
import type { StoreHop } from "./store_hop.ts";
import type { SimulatedSettings } from "./timeline.ts";
import type { VirtualTime } from "../virtual_time.ts";

export const SOURCE_URL = "http://source/counters";

/** Longest body, in bytes. */
const BYTES_MAX = 16_384;

/** As in app.ts. */
const WORKER_RESTART_MS = 1000;
const DRAIN_MS_MAX = 1200;

export interface SubjectOptions {
  readonly time: VirtualTime;
  readonly settings: SimulatedSettings;
  readonly network: Network;
  readonly hop: StoreHop;
  readonly observer: Observer;
  readonly random: Random;
  readonly plant?: Plant;
}

/** One process: its poll workers, its store and its handler of requests. */
export class Subject {
  readonly store: Store;
  readonly server: TestServer;
  /** The poll worker's thread. */
  worker: Scope | null = null;
  /** What the clock shows beyond the true time. */
  #skew_ms = 0;
  #set_ms = -Infinity;
  ended = false;
  /** When each snapshot was handed over first. */
  readonly got_ms = new Map<string, number>();
  /** Snapshots held so far, one after the other. */
  held = 0;
  #polling: Polling | null = null;
  #onFlushed = () => {};
  #workers = 0;
  readonly #main: Scope;

  constructor(readonly name: string, readonly number: number, readonly options: SubjectOptions) {
    this.#main = new Scope(name, options.time);
    this.store = new Store(
      [SOURCE_URL],
      (source, hand_over) => this.#polling?.receive({ kind: "released", source, hand_over }),
    );
    this.server = new TestServer(this.store, { access_on: false });
    this.#startWorker();
  }

  get skew_ms(): number {
    return this.#skew_ms;
  }

  set skew_ms(skew_ms: number) {
    this.#skew_ms = skew_ms;
    this.#set_ms = this.options.time.now_ms;
  }

  /** Whether its clock was set so shortly ago that it need not have noticed. */
  get is_clock_new(): boolean {
    return this.options.time.now_ms - this.#set_ms <= CLOCK_LOOK_MS;
  }

  get epoch_ms(): number {
    return EPOCH_MS + this.options.time.now_ms + this.#skew_ms;
  }

  get is_frozen(): boolean {
    return this.#main.is_frozen;
  }

  get role(): string | null {
    return this.store.sources[0].stats.replica?.role ?? null;
  }

  /** Polls in a row that failed. */
  get failures(): number {
    return this.store.sources[0].stats.consecutive_failures;
  }

  /** Id of the snapshot that it serves, or null. */
  get snapshot_id(): string | null {
    return this.store.sources[0].snapshot?.data.id ?? null;
  }

  /** The answer to a request, by the real handler. */
  request(path: string, init?: RequestInit): Promise<Response> {
    this.server.now_ms = this.epoch_ms;
    return Promise.resolve(this.server.request(path, init));
  }

  #startWorker(): void {
    const { time, settings, network, hop, observer, random, plant } = this.options;
    const worker = this.worker = new Scope(`${this.name}.${++this.#workers}`, time);
    if (this.is_frozen) worker.freeze();
    const epoch_ms = () => this.epoch_ms;
    const monotonic_ms = () => time.now_ms;
    const timeoutSignal = (timeout_ms: number) => abortAfter(worker, timeout_ms);
    const pacing = paceWork(monotonic_ms, () => {});
    const hooks = plant?.hooks() ?? {};
    const sent = network.sendOf(worker, this.number);
    const send = hooks.send?.(sent) ?? sent;
    const read = fetchReader(send, epoch_ms, pacing, timeoutSignal);
    this.#polling = new Polling({
      kind: "start",
      sources: [{
        url: SOURCE_URL,
        poll_ms: settings.poll_ms,
        timeout_ms: settings.timeout_ms,
        backoff_max_ms: settings.backoff_max_ms,
        bytes_max: BYTES_MAX,
        id_columns: [],
        row_times: AUTO_TIMES,
      }],
      boot: bootId(this.epoch_ms, random.below(2 ** 32)),
      serving_threads: 1,
      older_bytes_max: OLDER_BYTES_MAX,
      store: {
        setting: settings.store === "redis" ? "redis://store:6379" : "",
        save_ms: 1000,
        lease_ms: settings.lease_ms,
      },
      access: NO_ACCESS,
      held: hooks.forgets ? [] : this.store.saved(),
    }, {
      epoch_ms,
      monotonic_ms,
      random: () => random.next(),
      later: worker.later,
      read: hooks.read?.(read) ?? read,
      dial: hop.dialOf(worker, this.number),
      pacing,
      hash_key: { low: 1, high: 2 },
      replica_id: worker.name,
      tracing: null,
      hand_overs_before: this.#workers * 1e6,
      post: (message) => {
        observer.posted(this, worker.name, message);
        this.#receive(message);
        hooks.message?.(message, this);
      },
    });
  }

  /** As the main thread does. */
  #receive(message: FromPollWorker): void {
    if (message.kind === "poll") {
      const before_id = this.snapshot_id;
      this.store.update(message.update);
      if (this.snapshot_id !== before_id) this.held++;
      const { snapshot_id, options: { time } } = this;
      if (snapshot_id !== null && !this.got_ms.has(snapshot_id)) {
        this.got_ms.set(snapshot_id, time.now_ms);
      }
    }
    if (message.kind === "items") this.store.updateItems(message.update);
    else if (message.kind === "stats") this.store.updateStats(message.source, message.stats);
    else if (message.kind === "store") this.store.snapshot_store = message.stats;
    else if (message.kind === "flushed") this.#onFlushed();
  }

  /** The poll worker ends by an error; another one starts a second later. */
  crashWorker(): void {
    this.#endWorker();
    this.#main.later(WORKER_RESTART_MS, () => this.#startWorker());
  }

  #endWorker(): void {
    const { worker } = this;
    if (worker === null) return;
    this.worker = this.#polling = null;
    worker.end();
    this.options.network.forget(worker);
    this.options.hop.breakAll(({ scope }) => scope === worker);
  }

  freeze(): void {
    this.#main.freeze();
    this.worker?.freeze();
  }

  thaw(): void {
    this.#main.thaw();
    this.worker?.thaw();
  }

  /** As by SIGKILL. */
  kill(): void {
    this.ended = true;
    this.#main.end();
    this.#endWorker();
  }

  /** As by SIGTERM: saves, then ends. */
  async terminate(): Promise<void> {
    await this.#flush();
    this.kill();
  }

  /** The same, but resolves with what runs on after the last poll's deadline. */
  async stop(): Promise<string[]> {
    const { worker } = this;
    await this.#flush();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.options.time.later(this.options.settings.timeout_ms + 100, resolve);
    await promise;
    const left = worker === null ? [] : this.#leftOf(worker);
    this.kill();
    return left;
  }

  /** Resolves once the poll worker has saved, or after the longest wait for it. */
  #flush(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#polling === null) return Promise.resolve();
    const cancel = this.#main.later(DRAIN_MS_MAX, resolve);
    this.#onFlushed = () => {
      cancel();
      resolve();
    };
    this.#polling.receive({ kind: "stop" });
    return promise;
  }

  #leftOf(worker: Scope): string[] {
    const { network, hop } = this.options;
    const of = (all: Iterable<{ scope: Scope }>) => [...all].filter((one) => one.scope === worker);
    return [
      ...worker.timers.size > 0 ? [`${worker.timers.size} timers`] : [],
      ...of(network.open).length > 0 ? [`${of(network.open).length} open bodies`] : [],
      ...of(hop.open).length > 0 ? [`${of(hop.open).length} connections to Redis`] : [],
    ];
  }
}

function abortAfter(scope: Scope, timeout_ms: number) {
  const controller = new AbortController();
  const cancel = scope.later(timeout_ms, () => {
    controller.abort(new DOMException(`no answer within ${timeout_ms} ms`, "TimeoutError"));
  });
  return { signal: controller.signal, [Symbol.dispose]: cancel };
}
