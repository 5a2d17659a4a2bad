/** What a snapshot costs in bytes, CPU and memory, beside a server without a store. */
import { pause, readCpuMs, table, wholeNumber } from "../../../tools/verdict/mod.ts";
import { type Outcome, REFRESH_EVERY_MS, REFRESH_POLL_MS } from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { ReplicaSet } from "./replica_set.ts";

const SIZES = [
  { name: "64 × 3, new each second", switches: 64, fields: 3, every_ms: 1_000 },
  {
    name: "100,000 × 30, new every 2 s",
    switches: 100_000,
    fields: 30,
    every_ms: REFRESH_EVERY_MS,
  },
];
type Size = typeof SIZES[number];

/** Refreshes before those that count: V8 compiles the code during the first ones. */
const WARMUP_MS = 15_000;
const SECONDS = 40;
const SECONDS_QUICK = 10;
const MEBI = 1024 * 1024;

export async function measureStoreCost(measuring: Measuring): Promise<Outcome> {
  const header = [
    "cost of a snapshot",
    ...["Redis receives", "and sends, bytes", "its CPU ms", "its peak MB"],
    ...["leader's CPU ms", "follower's", "without a store"],
  ];
  const rows: string[][] = [];
  for (const size of SIZES) rows.push([size.name, ...await measureSize(size, measuring)]);
  return {
    contenders: [],
    checks: [],
    notes: [
      "cost: a leader, one follower and a metrics_server without a store; all costs of the time " +
      "over its snapshots, so that lease renewals and polls without news are part of them",
      ...table([header, ...rows], header.map((_, at) => at > 0)),
    ],
  };
}

async function measureSize(
  { name, switches, fields, every_ms }: Size,
  { quick, onProgress }: Measuring,
): Promise<string[]> {
  onProgress(`cost: ${name}`);
  const env = { POLL_MS: String(REFRESH_POLL_MS) };
  await using set = await ReplicaSet.start({ switches, fields, env }, 2);
  const alone = await set.addAlone("metrics_server without a store");
  const [leader, [follower]] = await set.roles();
  await pause(quick ? WARMUP_MS / 5 : WARMUP_MS);
  const read = async () => {
    await set.hold();
    return {
      redis: await set.redis.usage(),
      cpu_ms: [leader.server, follower.server, alone].map(({ pid }) => readCpuMs(pid)),
      snapshots: (await set.sent()).bodies,
    };
  };
  const from = await read();
  await set.refreshEvery(every_ms);
  await pause((quick ? SECONDS_QUICK : SECONDS) * 1000);
  const to = await read();
  const each = (end: number, start: number) => (end - start) / (to.snapshots - from.snapshots);
  return [
    wholeNumber(each(to.redis.received_bytes, from.redis.received_bytes)),
    wholeNumber(each(to.redis.sent_bytes, from.redis.sent_bytes)),
    each(to.redis.cpu_ms, from.redis.cpu_ms).toFixed(1),
    (to.redis.memory_peak_bytes / MEBI).toFixed(1),
    ...to.cpu_ms.map((cpu_ms, at) => each(cpu_ms, from.cpu_ms[at]).toFixed(1)),
  ];
}
