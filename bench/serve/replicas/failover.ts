/** How long survivors wait for a new snapshot after their leader has ended. */
import {
  type Check,
  disturbed,
  judge,
  median,
  pause,
  startForeignLoad,
  table,
  until,
  wholeNumber,
} from "../../../tools/verdict/mod.ts";
import { type Outcome, SKEW_SMALL_P99_MS_MAX } from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { type Replica, ReplicaSet } from "./replica_set.ts";

const REPLICAS = 3;
/** The defaults of metrics_server. */
const LEASE_MS = 3_000;
const POLL_MS = 1_500;
/** Longest random delay before a replica without leases takes a free one. */
const TAKE_MS_MAX = 25;
/** A leader renews its lease every third of it. */
const RENEWALS_PER_LEASE = 3;

const RUNS = 20;
const RUNS_QUICK = 3;

interface Ending {
  readonly name: string;
  readonly signal: Deno.Signal;
  /** Longest time until the leader's lease ends. */
  readonly lease_ms: number;
}

const ENDINGS: readonly Ending[] = [
  { name: "killed", signal: "SIGKILL", lease_ms: LEASE_MS },
  { name: "frozen", signal: "SIGSTOP", lease_ms: LEASE_MS },
  // A stopping leader releases its lease at once.
  { name: "stopped", signal: "SIGTERM", lease_ms: 0 },
];

/** Times of one run since the leader ended, in milliseconds. */
interface Failover {
  /** Until another replica led. */
  elected_ms: number;
  /** Duration of its first poll. */
  poll_ms: number;
  /** Until each survivor served a snapshot that the old leader had not. */
  served_ms: number[];
}

export async function measureFailover({ quick, onProgress }: Measuring): Promise<Outcome> {
  const runs = quick ? RUNS_QUICK : RUNS;
  const env = { POLL_MS: String(POLL_MS), LEASE_MS: String(LEASE_MS) };
  await using set = await ReplicaSet.start({ switches: 64, fields: 3, env }, REPLICAS);
  const checks: Check[] = [];
  const rows = [["leader", "predicted", "new snapshot", "new leader", "its first poll"]];
  for (const ending of ENDINGS) {
    const failovers: Failover[] = [];
    const foreignShare = startForeignLoad();
    for (let run = 1; run <= runs; run++) {
      onProgress(`failover, leader ${ending.name}: run ${run} of ${runs}`);
      failovers.push(await failOver(set, ending.signal));
    }
    const check = checkOf(ending, failovers, disturbed(foreignShare()));
    checks.push(check);
    rows.push(rowOf(ending, failovers, check.bound));
  }
  const notes = [
    `failover: ${runs} runs of each${quick ? " (--quick)" : ""}, ${REPLICAS} replicas, 64 × 3, ` +
    `a new snapshot with each poll; ms after the signal, median and maximum`,
    ...table(rows, [false, true, true, true, true]),
    `predicted: what is left of the lease (${LEASE_MS} ms, renewed every third of it; 0 if the ` +
    `leader stops), up to ${TAKE_MS_MAX} ms at random, the longest first poll of the runs, and ` +
    `the promised skew of ${SKEW_SMALL_P99_MS_MAX} ms`,
  ];
  return { contenders: [], checks, notes };
}

function checkOf({ name, lease_ms }: Ending, failovers: Failover[], doubts: string[]): Check {
  const served = failovers.flatMap(({ served_ms }) => served_ms);
  const poll_ms = Math.max(...failovers.map(({ poll_ms }) => poll_ms));
  return judge({
    figure: "failover",
    name: `leader ${name}: longest of ${served.length} waits for a new snapshot`,
    unit: "ms",
    samples: [Math.max(...served)],
    relation: "≤",
    bound: Math.ceil(lease_ms + TAKE_MS_MAX + poll_ms + SKEW_SMALL_P99_MS_MAX),
    doubts,
    noise_only_hurts: true,
  });
}

function rowOf({ name, lease_ms }: Ending, failovers: Failover[], latest_ms: number): string[] {
  const soonest_ms = Math.round(lease_ms * (1 - 1 / RENEWALS_PER_LEASE));
  const times = [
    failovers.flatMap(({ served_ms }) => served_ms),
    failovers.map(({ elected_ms }) => elected_ms),
    failovers.map(({ poll_ms }) => poll_ms),
  ];
  return [
    name,
    `${soonest_ms}–${latest_ms}`,
    ...times.map((ms) => [median(ms), Math.max(...ms)].map(wholeNumber).join(" · ")),
  ];
}

/** Ends the leader at a random time and completes the set again. */
async function failOver(set: ReplicaSet, signal: Deno.Signal): Promise<Failover> {
  const [leader, survivors] = await set.roles();
  await pause(Math.random() * LEASE_MS / RENEWALS_PER_LEASE);
  const ended_ms = Date.now();
  leader.kill(signal);
  const firsts = await until("a new snapshot on each survivor", () => {
    const firsts = survivors.map((survivor) => firstNew(survivor, leader, ended_ms));
    return firsts.every((first) => first !== null) && firsts;
  });
  const elections = survivors.flatMap(({ roles }) => roles)
    .filter(({ role, epoch_ms }) => role === "leader" && epoch_ms >= ended_ms);
  if (signal === "SIGSTOP") leader.kill("SIGCONT");
  else {
    await set.remove(leader);
    await set.add();
  }
  return {
    elected_ms: Math.min(...elections.map(({ epoch_ms }) => epoch_ms)) - ended_ms,
    poll_ms: firsts.find(({ cycle_ms }) => cycle_ms !== undefined)?.cycle_ms ?? NaN,
    served_ms: firsts.map(({ epoch_ms }) => epoch_ms - ended_ms),
  };
}

/** The first snapshot that a survivor served after the end of the leader, and not from it. */
function firstNew(survivor: Replica, leader: Replica, ended_ms: number) {
  for (const [id, served] of survivor.served) {
    if (served.epoch_ms >= ended_ms && !leader.served.has(id)) return served;
  }
  return null;
}
