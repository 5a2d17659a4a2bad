/** How explore draws faults of processes, stores, cores and clients. */
import {
  choices,
  type FaultEffects,
  type FaultKind,
  type Parameter,
  shares,
  steps,
} from "./drawing.ts";
import {
  addReplica,
  connectionFlood,
  cpu,
  freeze,
  kill,
  listReaders,
  loadStep,
  type ProcessChoice,
  PROCESSES,
  restart,
  restartBoth,
  rollingRestart,
  slowClients,
  storeFull,
  storeReadOnly,
} from "./faults_host.ts";
import type { Fault, Settings } from "./plan.ts";

/** Settings without which the process does not exist. */
function needsOf(place: string): Partial<Settings> {
  if (place === "store") return { store: "redis" };
  return place === "leader" || place === "follower" ? { store: "redis", subjects: 2 } : {};
}

/** What the end, the restart or the stop of a process does. */
function processEffects({ kind, params }: Fault): Partial<FaultEffects> {
  const is_frozen = kind === "process.freeze";
  switch (params.process as ProcessChoice) {
    case "data_server":
      return { polls: is_frozen ? "hanging" : "failing", blocks: true };
    case "store":
      return { leaderless: true };
    default: {
      const gone = "a subject is down or stopped";
      const excuses = { load: gone, speed: gone };
      const alone = { ...excuses, probes: gone, age: gone };
      return {
        leaderless: true,
        starts: !is_frozen,
        // A woken replica has what it held when it was stopped.
        polls: is_frozen ? "failing" : "good",
        excuses: params.process === "subject" ? alone : excuses,
      };
    }
  }
}

const oneSubject = (place: string): Readonly<Record<string, Parameter>> =>
  place === "subject" ? { subject: choices(null, 1) } : {};
const ending = (place: string) => ({
  ...oneSubject(place),
  signal: choices("SIGTERM", "SIGKILL"),
});
const BOTH_DOWN = "source and subject are down";

export const HOST_KINDS: readonly FaultKind[] = [
  {
    kind: "process.kill",
    word: kill,
    places: PROCESSES,
    parameters: ending,
    needs: needsOf,
    effects: processEffects,
  },
  {
    kind: "process.restart",
    word: restart,
    places: PROCESSES,
    parameters: ending,
    needs: needsOf,
    effects: processEffects,
  },
  {
    kind: "process.freeze",
    word: freeze,
    places: PROCESSES,
    parameters: oneSubject,
    needs: needsOf,
    effects: processEffects,
  },
  {
    kind: "process.rolling_restart",
    word: rollingRestart,
    needs: () => ({ store: "redis", subjects: 3, front: "haproxy" }),
    effects: () => ({ leaderless: true, starts: true }),
  },
  {
    kind: "process.add_replica",
    word: addReplica,
    needs: () => ({ store: "redis", subjects: 2 }),
    effects: () => ({ starts: true }),
  },
  {
    kind: "process.restart_both",
    word: restartBoth,
    effects: () => ({
      polls: "failing",
      blocks: true,
      leaderless: true,
      starts: true,
      excuses: { load: BOTH_DOWN, probes: BOTH_DOWN, speed: BOTH_DOWN, age: BOTH_DOWN },
    }),
  },
  {
    kind: "store.full",
    word: storeFull,
    needs: () => ({ store: "redis" }),
    effects: () => ({ leaderless: true }),
  },
  {
    kind: "store.read_only",
    word: storeReadOnly,
    needs: () => ({ store: "redis" }),
    effects: () => ({ leaderless: true }),
  },
  {
    kind: "resource.cpu",
    word: cpu,
    parameters: () => ({ workers: choices(1, 2), share: shares(0.2, 0.9) }),
    effects: () => ({ polls: "hanging", excuses: { speed: "neighbors occupy the cores" } }),
  },
  {
    kind: "resource.slow_clients",
    word: slowClients,
    parameters: () => ({ connections: steps(5, 100), bytes_per_s: steps(1_000, 20) }),
  },
  {
    kind: "resource.list_readers",
    word: listReaders,
    parameters: () => ({ connections: steps(1, 10), pause_ms: steps(10, 1_000) }),
  },
  {
    kind: "resource.connection_flood",
    word: connectionFlood,
    parameters: () => ({ connections: steps(20, 400), rate_per_s: steps(50, 200) }),
  },
  {
    kind: "resource.load_step",
    word: loadStep,
    parameters: () => ({ factor: choices(1.5, 2, 3) }),
    effects: () => ({ excuses: { speed: "more requests at once" } }),
  },
];
