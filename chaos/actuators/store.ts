/** Faults of the store: it refuses writes. Redis itself counts the refusals. */
import { redisCommand, type RedisReply } from "../subject/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";
import { type Actuator, attempt, hitsOnly } from "./actuator.ts";

interface StoreFault {
  /** Commands that apply the fault, and commands that lift it. */
  readonly on: readonly string[][];
  readonly off: readonly string[][];
  /** First word of the error replies. */
  readonly error: string;
}

const FAULTS: Readonly<Record<string, StoreFault>> = {
  // Redis itself uses more than a byte, and "noeviction" makes it refuse writes.
  "store.full": {
    on: [["CONFIG", "SET", "maxmemory-policy", "noeviction"], ["CONFIG", "SET", "maxmemory", "1"]],
    off: [["CONFIG", "SET", "maxmemory", "0"]],
    error: "OOM",
  },
  // A replica of a master that refuses connections keeps its data and serves it.
  "store.read_only": {
    on: [["REPLICAOF", "127.0.0.1", "1"]],
    off: [["REPLICAOF", "NO", "ONE"]],
    error: "READONLY",
  },
};

/** The part of a store's process that the faults use. */
interface StoreProcess {
  readonly url: string;
  readonly is_running: boolean;
  readonly is_frozen: boolean;
}

interface ActiveFault {
  readonly fault: StoreFault;
  /** Refusals before the fault. */
  readonly before: number;
  hits: number;
  is_on: boolean;
}

/** @param store Null in a run without a store, which has none of these faults. */
export function storeActuator(store: StoreProcess | null): Actuator {
  const faults = new Map<string, ActiveFault>();
  const send = (words: string[]) => redisCommand(store!.url.slice("http://".length), ...words);
  const isReachable = () => store !== null && store.is_running && !store.is_frozen;
  const sendAll = async (commands: readonly string[][]) => {
    for (const words of commands) await send(words);
  };
  const count = async (active: ActiveFault) => {
    if (!active.is_on || !isReachable()) return;
    const now = await refusals(send, active.fault.error).catch(() => active.before);
    active.hits = Math.max(active.hits, now - active.before); // a restart sets the counter to 0
  };
  const lift = async (id: string) => {
    const active = faults.get(id);
    if (active === undefined || !active.is_on) return;
    await count(active);
    await sendAll(active.fault.off);
    active.is_on = false;
  };
  const diff = async () => {
    if (!isReachable()) return []; // a process fault
    const [, memory] = await send(["CONFIG", "GET", "maxmemory"]) as RedisReply[];
    const [role] = await send(["ROLE"]) as RedisReply[];
    return [
      memory === "0" ? "" : `the store has maxmemory ${memory}, had 0`,
      role === "master" ? "" : `the store has role ${role}, had master`,
    ].filter((sentence) => sentence !== "");
  };
  return {
    layer: "store",
    async apply(id, { kind }: Fault) {
      const fault = FAULTS[kind];
      if (fault === undefined || store === null) {
        throw new Error(`${kind}: no store has this fault`);
      }
      const before = await refusals(send, fault.error);
      faults.set(id, { fault, before, hits: 0, is_on: true });
      await sendAll(fault.on);
    },
    lift,
    async counters() {
      if (store === null) return [];
      await Promise.all([...faults.values()].map(count));
      const evidence = [...faults].map(([id, { hits, fault }]) =>
        [id, `${hits} commands refused with ${fault.error}`] as const
      );
      const hits = [...faults].map(([id, { hits }]) => [id, hits] as const);
      return await hitsOnly("store", Object.fromEntries(hits), Object.fromEntries(evidence));
    },
    diff,
    async rollback(onStep) {
      for (const { off } of Object.values(FAULTS)) {
        await attempt(off[0].join(" "), onStep, () => sendAll(off));
      }
      for (const active of faults.values()) active.is_on = false;
    },
  };
}

/** Commands that Redis has refused with this error since its start. */
async function refusals(
  send: (words: string[]) => Promise<RedisReply>,
  error: string,
): Promise<number> {
  const info = String(await send(["INFO", "errorstats"]));
  return Number(info.match(new RegExp(`^errorstat_${error}:count=(\\d+)`, "m"))?.[1] ?? 0);
}
