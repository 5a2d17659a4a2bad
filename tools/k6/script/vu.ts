/** One virtual user; the `k6` modules act on the current one. */
import { AsyncLocalStorage } from "node:async_hooks";
import { HttpSession } from "../http/session.ts";
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import { type Tags, type TagSet, withMetadata } from "../metrics/metric.ts";
import type { Scenario } from "../options/scenario.ts";
import { VuGlobals } from "./global_edits.ts";
import type { GroupNode } from "./group_tree.ts";
import type { ScriptExports } from "./module_factory.ts";
import type { VuWorld } from "./vu_world.ts";

export type Phase = "init" | "setup" | "iteration" | "teardown" | "summary";

/** Carries the requests of a VU. */
interface Transport {
  /** `onEnd` is called with the response, or never if an interrupt comes first. */
  exchange(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void;
  /** Null if VUs share the thread: a blocking call would stop the others. */
  readonly blocking: BlockingTransport | null;
}

export interface BlockingTransport {
  /** In parallel. */
  exchangeAll(requests: readonly ExchangeRequest[]): Exchange[];
  sleep(duration_ms: number): void;
  /** The running call was cut off, even if the script caught the error. */
  readonly is_cut: boolean;
}

/** One iteration of a scenario. */
export interface IterationPlace {
  readonly scenario: Scenario;
  /** Number of the iteration in its scenario, from 0. */
  readonly in_scenario: number;
}

export class Vu {
  readonly http: HttpSession;
  phase: Phase = "init";
  exports: ScriptExports = {};
  env: Record<string, string>;
  place: IterationPlace | null = null;
  /** `__ITER`: iterations this VU has begun, minus one. */
  iteration = -1;
  /** Iterations this VU has begun in this scenario, and in earlier ones. */
  #begun = 0;
  readonly #begun_before = new Map<string, number>();
  #globals: VuGlobals | null = null;
  /** Tags of the samples the VU adds now. */
  tags: TagSet;
  readonly own_tags = new Map<string, string>();
  /** Written with the samples of the script's own metrics. */
  readonly metadata = new Map<string, string>();
  #group: GroupNode;
  /** Requests and timers in progress. */
  #pending = 0;
  /** Cancel the timers that may still fire, by id. */
  readonly #timers = new Map<number, () => void>();
  #onQuiet: (() => void) | null = null;
  /** Bytes not yet emitted. */
  #bytes_sent = 0;
  #bytes_received = 0;

  constructor(
    readonly id: number,
    readonly world: VuWorld,
    readonly transport: Transport,
    env: Record<string, string>,
  ) {
    this.env = env;
    this.http = new HttpSession(this, world.requests);
    this.#group = world.groups.root;
    this.tags = world.run_tags;
  }

  /** Made when the script first uses them. */
  get globals(): VuGlobals {
    return this.#globals ??= new VuGlobals();
  }

  get group(): GroupNode {
    return this.#group;
  }

  setOwnTag(name: string, value: string | null): void {
    if (value === null) this.own_tags.delete(name);
    else this.own_tags.set(name, value);
    this.#retag();
  }

  /** The tags with the VU's metadata. A VU on a thread of its own has none: see the README. */
  withMetadata(tags: Tags): Tags {
    if (this.metadata.size === 0 || this.transport.blocking !== null) return tags;
    return withMetadata(tags, Object.fromEntries(this.metadata));
  }

  /** Later samples belong to the group. */
  enterGroup(group: GroupNode): void {
    this.#group = group;
    this.#retag();
  }

  enterPhase(phase: Phase): void {
    this.phase = phase;
    const { groups } = this.world;
    const is_part = phase === "setup" || phase === "teardown";
    this.enterGroup(is_part ? groups.group(groups.root, phase) : groups.root);
  }

  beginIteration(place: IterationPlace): void {
    if (place.scenario !== this.place?.scenario) {
      this.own_tags.clear();
      this.metadata.clear();
      if (this.place !== null) this.#begun_before.set(this.place.scenario.name, this.#begun);
      this.#begun = this.#begun_before.get(place.scenario.name) ?? 0;
      this.place = place;
      this.enterPhase("iteration");
    } else {
      this.place = place;
      if (this.#group !== this.world.groups.root) this.enterGroup(this.world.groups.root);
    }
    this.iteration++;
    this.#begun++;
    if (!this.world.options?.no_cookies_reset) this.http.jar.empty();
  }

  /** From 0. */
  get iteration_in_scenario(): number {
    return this.#begun - 1;
  }

  /** Begins something that the iteration waits for. */
  begun(): void {
    this.#pending++;
  }

  settled(): void {
    if (--this.#pending === 0) this.#onQuiet?.();
  }

  /** Resolves when requests and timers have ended; null if the VU has none. */
  whenQuiet(): Promise<void> | null {
    if (this.#pending === 0) return null;
    return new Promise((resolve) => {
      this.#onQuiet = () => {
        this.#onQuiet = null;
        resolve();
      };
    });
  }

  /** The iteration waits for this timer; returns its id. */
  beginTimer(id: number, cancel: () => void): number {
    this.#timers.set(id, cancel);
    this.begun();
    return id;
  }

  endTimer(id: number): void {
    if (this.#timers.delete(id)) this.settled();
  }

  cancelTimer(id: number): void {
    this.#timers.get(id)?.();
    this.endTimer(id);
  }

  /** Cancels the timers and forgets what is in progress. */
  abandon(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#pending = 0;
    this.#onQuiet = null;
  }

  onExchange(exchange: Exchange, { tags }: TagSet, is_failed: boolean | null): void {
    const { world } = this;
    const { metrics } = world;
    const time_ms = world.epoch_ms();
    const { sending_ms, waiting_ms, receiving_ms } = exchange;
    const duration_ms = sending_ms + waiting_ms + receiving_ms;
    world.add(metrics.http_reqs, 1, tags, time_ms);
    world.add(metrics.http_req_duration, duration_ms, tags, time_ms);
    world.add(metrics.http_req_blocked, exchange.blocked_ms, tags, time_ms);
    world.add(metrics.http_req_connecting, exchange.connecting_ms, tags, time_ms);
    world.add(metrics.http_req_tls_handshaking, exchange.tls_handshaking_ms, tags, time_ms);
    world.add(metrics.http_req_sending, sending_ms, tags, time_ms);
    world.add(metrics.http_req_waiting, waiting_ms, tags, time_ms);
    world.add(metrics.http_req_receiving, receiving_ms, tags, time_ms);
    if (is_failed !== null) world.add(metrics.http_req_failed, is_failed ? 1 : 0, tags, time_ms);
    this.#bytes_sent += exchange.bytes_sent;
    this.#bytes_received += exchange.bytes_received;
  }

  /** Emits the bytes sent and received since the last call. */
  emitBytes(): void {
    if (this.#bytes_sent === 0 && this.#bytes_received === 0) return;
    const { world, tags } = this;
    const time_ms = world.epoch_ms();
    world.add(world.metrics.data_sent, this.#bytes_sent, tags.tags, time_ms);
    world.add(world.metrics.data_received, this.#bytes_received, tags.tags, time_ms);
    this.#bytes_sent = this.#bytes_received = 0;
  }

  #retag(): void {
    const { world, place } = this;
    let tags = world.run_tags;
    if (this.phase === "iteration" && place !== null) {
      tags = tags.withAll(place.scenario.tags);
      if (world.has_scenario_tag) tags = tags.with("scenario", place.scenario.name);
    }
    if (world.has_group_tag) tags = tags.with("group", this.#group.path);
    for (const [name, value] of this.own_tags) tags = tags.with(name, value);
    this.tags = tags;
  }
}

/** The VU of the running code: VUs on one thread take turns at each `await`. */
const scope = new AsyncLocalStorage<Vu>();

/** The VU whose modules are being loaded; one at a time. */
let loading: Vu | null = null;

/** @throws {TypeError} outside any VU. */
export function currentVu(): Vu {
  const vu = scope.getStore() ?? loading;
  if (vu === null || vu === undefined) {
    throw new TypeError("The k6 modules work only within a script that the runner runs");
  }
  return vu;
}

/** Calls the function as the VU, including everything the function awaits. */
export function runAs<A extends unknown[], T>(vu: Vu, call: (...args: A) => T, ...args: A): T {
  return scope.run(vu, call, ...args);
}

export function isRunningAs(vu: Vu): boolean {
  return scope.getStore() === vu;
}

/** Loads a VU's modules; their top-level code runs as that VU. */
export async function loadAs<T>(vu: Vu, load: () => Promise<T>): Promise<T> {
  if (loading !== null) throw new TypeError("Cannot load the modules of two VUs at a time");
  loading = vu;
  try {
    return await scope.run(vu, load);
  } finally {
    loading = null;
  }
}
