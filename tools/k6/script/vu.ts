/** One virtual user: what the `k6` modules do, they do for the VU that is current. */
import { HttpSession } from "../http/session.ts";
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import type { TagSet } from "../metrics/metric.ts";
import type { Scenario } from "../options/scenario.ts";
import type { GroupNode } from "./group_tree.ts";
import type { ScriptExports } from "./instantiate.ts";
import type { VuWorld } from "./vu_world.ts";

export type Phase = "init" | "setup" | "iteration" | "teardown" | "summary";

/** How a VU exchanges: going on meanwhile where VUs share a thread, blocking where it has its own. */
export interface Transport {
  /** `onEnd` is called with the answer, or never where an interrupt comes first. */
  exchange(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void;
  /** All at once; null where a blocking call would stop other VUs. */
  readonly blocking: BlockingTransport | null;
}

export interface BlockingTransport {
  exchangeAll(requests: readonly ExchangeRequest[]): Exchange[];
  sleep(duration_ms: number): void;
  /** Whether what the VU does was cut off; it may have caught the error that told it. */
  readonly is_cut: boolean;
}

/** The iteration of a scenario that is under way. */
export interface IterationPlace {
  readonly scenario: Scenario;
  /** Counted over the scenario, from 0. */
  readonly in_scenario: number;
}

export class Vu {
  readonly id: number;
  readonly world: VuWorld;
  readonly transport: Transport;
  readonly http: HttpSession;
  phase: Phase = "init";
  exports: ScriptExports = {};
  env: Record<string, string>;
  place: IterationPlace | null = null;
  /** `__ITER`: iterations this VU has begun, less one. */
  iteration = -1;
  /** Iterations this VU has begun of this scenario, and of those before. */
  #begun = 0;
  readonly #begun_before = new Map<string, number>();
  /** Tags of whatever the VU does now. */
  tags: TagSet;
  readonly #own_tags = new Map<string, string>();
  #group: GroupNode;
  /** Requests and timers that the script has not waited for. */
  #pending = 0;
  #onQuiet: (() => void) | null = null;
  /** Bytes since they were last emitted. */
  #bytes_sent = 0;
  #bytes_received = 0;

  constructor(id: number, world: VuWorld, transport: Transport, env: Record<string, string>) {
    this.id = id;
    this.world = world;
    this.transport = transport;
    this.env = env;
    this.http = new HttpSession(this, world.requests);
    this.#group = world.groups.root;
    this.tags = world.run_tags;
  }

  get group(): GroupNode {
    return this.#group;
  }

  get own_tags(): ReadonlyMap<string, string> {
    return this.#own_tags;
  }

  setOwnTag(name: string, value: string | null): void {
    if (value === null) this.#own_tags.delete(name);
    else this.#own_tags.set(name, value);
    this.#retag();
  }

  /** Whatever follows belongs to the group. */
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
      this.#own_tags.clear();
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

  /** Something is under way that the iteration does not end before. */
  begun(): void {
    this.#pending++;
  }

  settled(): void {
    if (--this.#pending === 0) this.#onQuiet?.();
  }

  /** Null where nothing is under way any more. */
  whenQuiet(): Promise<void> | null {
    if (this.#pending === 0) return null;
    return new Promise((resolve) => {
      this.#onQuiet = () => {
        this.#onQuiet = null;
        resolve();
      };
    });
  }

  /** Forgets what is under way: it was broken off. */
  abandon(): void {
    this.#pending = 0;
    this.#onQuiet = null;
  }

  epoch_ms(): number {
    return this.world.epoch_ms();
  }

  warn(message: string): void {
    this.world.log("warning", message);
  }

  onExchange(exchange: Exchange, { tags }: TagSet, is_failed: boolean | null): void {
    const { world } = this;
    const time_ms = world.epoch_ms();
    const { sending_ms, waiting_ms, receiving_ms } = exchange;
    world.add(world.metrics.http_reqs, 1, tags, time_ms);
    world.add(
      world.metrics.http_req_duration,
      sending_ms + waiting_ms + receiving_ms,
      tags,
      time_ms,
    );
    world.add(world.metrics.http_req_blocked, exchange.blocked_ms, tags, time_ms);
    world.add(world.metrics.http_req_connecting, exchange.connecting_ms, tags, time_ms);
    world.add(
      world.metrics.http_req_tls_handshaking,
      exchange.tls_handshaking_ms,
      tags,
      time_ms,
    );
    world.add(world.metrics.http_req_sending, sending_ms, tags, time_ms);
    world.add(world.metrics.http_req_waiting, waiting_ms, tags, time_ms);
    world.add(world.metrics.http_req_receiving, receiving_ms, tags, time_ms);
    if (is_failed !== null) {
      world.add(world.metrics.http_req_failed, is_failed ? 1 : 0, tags, time_ms);
    }
    this.#bytes_sent += exchange.bytes_sent;
    this.#bytes_received += exchange.bytes_received;
  }

  /** Emits what went over the wire since the last time. */
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
    for (const [name, value] of this.#own_tags) tags = tags.with(name, value);
    this.tags = tags;
  }
}
