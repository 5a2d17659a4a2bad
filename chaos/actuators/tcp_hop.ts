/** One hop: its proxy, its faults, and their hits. */
import type { HopRecord } from "../journal/mod.ts";
import {
  type NewProxy,
  type NewToxic,
  type ProxyHits,
  type RunningToxiproxy,
  type ToxiproxyClient,
  ToxiproxyError,
} from "../../tools/toxiproxy/mod.ts";
import type { Fault, Hop } from "../vocabulary/mod.ts";
import { planTcpFault, startFlap, type TcpPlan } from "./tcp_faults.ts";
import { type Hits, type OwnCounts, refusalHits, relayHits, toxicHits } from "./tcp_hits.ts";
import { HTTP_GREETING, probeAddress, REDIS_GREETING } from "./tcp_rollback.ts";

/** Deadline of a probe of a refusal, in milliseconds. */
const REFUSAL_PROBE_MS_MAX = 100;

interface HopSetup {
  readonly hop: Hop;
  readonly subject?: number | "control";
  readonly proxy: NewProxy;
  readonly engine: Pick<RunningToxiproxy, "client" | "engine">;
  /** Counts hits: the embedded engine, or the relay behind the real one. */
  readonly counter: ToxiproxyClient;
  /** Timeout of a call to the proxy, in milliseconds. */
  readonly step_ms_max: number;
}

interface ActiveFault {
  readonly fault: Fault;
  readonly plan: TcpPlan;
  readonly own: OwnCounts;
  readonly before: ProxyHits;
  stopFlap: () => void;
}

export class TcpHop {
  readonly hop: Hop;
  /** On hop `store`: the subject that uses the proxy. On hop `client`: the control behind it. */
  readonly subject: number | "control" | undefined;
  /** A request that the server behind the proxy answers. */
  readonly greeting: string;
  readonly proxy: NewProxy;
  readonly #setup: HopSetup;
  readonly #client: ToxiproxyClient;
  readonly #active = new Map<string, ActiveFault>();
  readonly #ended = new Map<string, Hits>();
  readonly #refusing = new Set<string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(setup: HopSetup) {
    this.#setup = setup;
    this.hop = setup.hop;
    this.subject = setup.subject;
    this.greeting = setup.hop === "store" ? REDIS_GREETING : HTTP_GREETING;
    this.proxy = setup.proxy;
    this.#client = setup.engine.client.within(setup.step_ms_max);
  }

  /** Serializes changes: a flap turns while other faults go on and off. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async apply(id: string, fault: Fault): Promise<void> {
    if (this.#active.has(id)) throw new Error(`${id} is on already; lift it first`);
    const plan = planTcpFault(fault);
    await this.#inOrder(async () => {
      const own = { cut: 0, refused: 0 };
      const before = await this.#counted();
      this.#active.set(id, { fault, plan, own, before, stopFlap: () => {} });
      if (plan.toxic !== null) await this.#addToxic(id, plan.toxic);
      // The embedded engine resets open connections by itself.
      if (plan.drops_open && this.#setup.engine.engine === "real") await this.#dropOpen(own);
      if (plan.refuses) await this.#refuse(id, own);
    });
    if (plan.flap !== null) await this.#flap(id, plan.flap);
  }

  async lift(id: string): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    active.stopFlap();
    await this.#inOrder(async () => {
      const hits = await this.#hitsOf(id, active).catch(() => null);
      if (active.plan.toxic !== null) await this.#removeToxic(id);
      if (this.#refusing.delete(id)) await this.#setEnabled();
      this.#active.delete(id);
      // Removing a toxic can add hits, such as a delayed close.
      this.#ended.set(
        id,
        await this.#hitsOf(id, active).catch(() => hits ?? refusalHits(active.own)),
      );
    });
  }

  /** Forgets the faults that are on and keeps their hits; for use after a rollback. */
  async forgetFaults(): Promise<void> {
    for (const [id, active] of this.#active) {
      active.stopFlap();
      this.#ended.set(id, await this.#hitsOf(id, active).catch(() => refusalHits(active.own)));
    }
    this.#active.clear();
    this.#refusing.clear();
    await this.#queue;
  }

  async record(): Promise<Omit<HopRecord, "t_ms" | "kind">> {
    const { connections, bytes_up, bytes_down } = await this.#counted();
    const all = new Map(this.#ended);
    for (const [id, active] of this.#active) {
      if (this.#refusing.has(id)) await this.#probeRefusal(active.own);
      all.set(id, await this.#hitsOf(id, active));
    }
    return {
      hop: this.hop,
      ...(typeof this.subject === "number" ? { subject: this.subject } : {}),
      layer: "tcp",
      connections,
      requests: null,
      bytes_up,
      bytes_down,
      hits: Object.fromEntries([...all].map(([id, { hits }]) => [id, hits])),
      evidence: Object.fromEntries([...all].map(([id, { evidence }]) => [id, evidence])),
    };
  }

  async #hitsOf(id: string, { fault, plan, own, before }: ActiveFault): Promise<Hits> {
    if (plan.toxic === null) return refusalHits(own);
    const now = await this.#counted();
    return this.#setup.engine.engine === "embedded"
      ? toxicHits(now, toxicName(id), own)
      : relayHits(fault.kind, before, now, own);
  }

  async #counted(): Promise<ProxyHits> {
    const counted = (await this.#setup.counter.hits())?.[this.proxy.name];
    if (counted === undefined) {
      throw new Error(`Cannot count at hop ${this.hop}: proxy ${this.proxy.name} is gone`);
    }
    return counted;
  }

  async #addToxic(id: string, toxic: Omit<NewToxic, "name">): Promise<void> {
    try {
      await this.#client.addToxic(this.proxy.name, { ...toxic, name: toxicName(id) });
    } catch (error) {
      // After an error status the toxic is off; without an answer it may be on.
      if (!(error instanceof ToxiproxyError && error.status === 0)) this.#active.delete(id);
      throw error;
    }
  }

  async #removeToxic(id: string): Promise<void> {
    try {
      await this.#client.removeToxic(this.proxy.name, toxicName(id));
    } catch (error) {
      if (!(error instanceof ToxiproxyError && error.status === 404)) throw error;
    }
  }

  async #setEnabled(): Promise<void> {
    await this.#client.patch(this.proxy.name, { enabled: this.#refusing.size === 0 });
  }

  async #dropOpen(own: OwnCounts): Promise<void> {
    if (this.#refusing.size > 0) return;
    own.cut += (await this.#counted()).connections_open;
    await this.#client.patch(this.proxy.name, { enabled: false });
    await this.#client.patch(this.proxy.name, { enabled: true });
  }

  async #refuse(id: string, own: OwnCounts): Promise<void> {
    if (this.#refusing.size === 0) own.cut += (await this.#counted()).connections_open;
    this.#refusing.add(id);
    await this.#setEnabled();
    await this.#probeRefusal(own);
  }

  async #probeRefusal(own: OwnCounts): Promise<void> {
    const outcome = await probeAddress(this.proxy.listen, this.greeting, REFUSAL_PROBE_MS_MAX);
    if (outcome === "refused") own.refused++;
  }

  /** Returns in the first state. The next turn, or the lift, corrects later errors. */
  async #flap(id: string, times: NonNullable<TcpPlan["flap"]>): Promise<void> {
    const active = this.#active.get(id)!;
    let first: Promise<void> | null = null;
    active.stopFlap = startFlap(times, {
      now_ms: () => performance.now(),
      after(delay_ms, callback) {
        const timer = setTimeout(callback, delay_ms);
        return () => clearTimeout(timer);
      },
    }, (is_down) => {
      const turned = this.#inOrder(async () => {
        if (!this.#active.has(id)) return;
        if (is_down) return await this.#refuse(id, active.own);
        if (this.#refusing.delete(id)) await this.#setEnabled();
      });
      if (first === null) first = turned;
      else turned.catch(() => {});
    });
    await first;
  }
}

/** A name that is valid in the API's paths. */
function toxicName(id: string): string {
  return id.replaceAll(/[^\w.-]/g, "_");
}
