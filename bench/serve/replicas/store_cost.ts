/** What a snapshot costs in bytes, CPU and memory, beside a server without a store. */
import { pause, readCpuMs, table, wholeNumber } from "../../../tools/verdict/mod.ts";
import { type Outcome, REFRESH_EVERY_MS, REFRESH_POLL_MS } from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { ReplicaSet } from "./replica_set.ts";

const SIZES = [
  { name: "64 × 3", switches: 64, fields: 3, poll_ms: 500, every_ms: 1_000, seconds: 40 },
  {
    name: "100,000 × 30",
    switches: 100_000,
    fields: 30,
    poll_ms: REFRESH_POLL_MS,
    every_ms: REFRESH_EVERY_MS,
    seconds: 40,
  },
];
const WARMUP_MS = 15_000;
const MEBI = 1024 * 1024;

export async function measureStoreCost({ quick, onProgress }: Measuring): Promise<Outcome> {
  const header = [
    "a snapshot of",
    ...["Redis receives", "sends a follower", "its CPU ms", "its peak MB"],
    ...["leader's CPU ms", "follower's", "without a store"],
  ];
  const rows: string[][] = [];
  for (const { name, switches, fields, poll_ms, every_ms, seconds } of SIZES) {
    onProgress(`cost: ${name}`);
    const options = { switches, fields, env: { POLL_MS: String(poll_ms) } };
    await using set = await ReplicaSet.start(options, 2);
    const alone = await set.addAlone("metrics_server without a store");
    const [leader, [follower]] = await set.roles();
    await pause(quick ? WARMUP_MS / 5 : WARMUP_MS);
    await set.refreshEvery(every_ms);
    const pids = [leader.server.pid, follower.server.pid, alone.pid];
    const read = async () => ({
      redis: await set.redis.usage(),
      cpu_ms: pids.map(readCpuMs),
      bodies: (await set.sent()).bodies,
    });
    const from = await read();
    await pause((quick ? seconds / 4 : seconds) * 1000);
    const to = await read();
    const snapshots = to.bodies - from.bodies;
    const each = (key: "received_bytes" | "sent_bytes" | "cpu_ms") =>
      (to.redis[key] - from.redis[key]) / snapshots;
    rows.push([
      name,
      wholeNumber(each("received_bytes")),
      wholeNumber(each("sent_bytes")),
      each("cpu_ms").toFixed(1),
      (to.redis.memory_peak_bytes / MEBI).toFixed(1),
      ...to.cpu_ms.map((cpu_ms, at) => ((cpu_ms - from.cpu_ms[at]) / snapshots).toFixed(1)),
    ]);
  }
  return {
    contenders: [],
    checks: [],
    notes: [
      "cost: per snapshot, in bytes, of a leader and one follower, with lease renewals and polls " +
      "that bring no snapshot",
      ...table([header, ...rows], header.map((_, at) => at > 0)),
    ],
  };
}
