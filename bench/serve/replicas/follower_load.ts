/** GetMetric on a follower beside a server without a store, while both refresh 100,000 × 30. */
import {
  disturbanceNote,
  disturbed,
  judge,
  median,
  pause,
  ratios,
  readMemory,
} from "../../../tools/verdict/mod.ts";
import {
  FOLLOWER_P95_RATIO_MAX,
  FOLLOWER_RATE_RATIO_MIN,
  getMetricRequests,
  MEMORY_PEAK_MB_MAX,
  MEMORY_STEADY_MB_MAX,
  type Outcome,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  type Round,
  runRounds,
  startOwnEngine,
} from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { ReplicaSet } from "./replica_set.ts";

const SWITCHES = 100_000;
const FIELDS = 30;
/** V8 compiles the code of a refresh during the first twenty. */
const WARMUP_MS = 15_000;
const MEMORY_SAMPLE_MS = 250;
const MEBI = 1024 * 1024;

export async function measureFollowerLoad({ quick, onProgress }: Measuring): Promise<Outcome> {
  await using engine = startOwnEngine();
  const env = { POLL_MS: String(REFRESH_POLL_MS) };
  await using set = await ReplicaSet.start({ switches: SWITCHES, fields: FIELDS, env }, 2);
  const [leader, [follower]] = await set.roles();
  const alone = await set.addAlone("metrics_server without a store");
  onProgress("load: warming up, refresh after refresh");
  await pause(quick ? WARMUP_MS / 3 : WARMUP_MS);
  await set.refreshEvery(REFRESH_EVERY_MS);
  const measured = { follower: follower.server, leader: leader.server, "no store": alone };
  const rss = Object.values(measured).map(({ pid }) => ({ pid, samples: [] as number[] }));
  const timer = setInterval(() => {
    for (const { pid, samples } of rss) samples.push(readMemory(pid).rss_bytes / MEBI);
  }, MEMORY_SAMPLE_MS);
  const requests = getMetricRequests(SWITCHES);
  const contenders = [
    { label: "GetMetric · without a store", engine, server: alone, requests, expect_status: 200 },
    {
      label: "GetMetric · follower",
      engine,
      server: follower.server,
      requests,
      expect_status: 200,
    },
  ];
  const pace = { seconds: quick ? 4 : 8, rounds: quick ? 4 : 8 };
  const { by_contender, foreign_share, left_out } = await runRounds(contenders, pace, onProgress)
    .finally(() => clearInterval(timer));
  const [by_alone, by_follower] = by_contender;
  const doubts = disturbed(foreign_share);
  const claim = { figure: "load", unit: "×", doubts };
  const memory = { figure: "load", unit: "MB", relation: "≤" } as const;
  const rate = ({ rate_per_s }: Round) => rate_per_s;
  const p95 = ({ p95_ms }: Round) => p95_ms;
  const bad = by_contender.flat().reduce((sum, { bad }) => sum + bad, 0);
  return {
    contenders: contenders.map(({ label }, at) => ({ label, rounds: by_contender[at] })),
    checks: [
      judge({
        ...claim,
        name: "GetMetric of a follower: requests/s to a server without a store",
        samples: ratios(by_follower.map(rate), by_alone.map(rate)),
        relation: "≥",
        bound: FOLLOWER_RATE_RATIO_MIN,
      }),
      judge({
        ...claim,
        name: "GetMetric of a follower: p95 to a server without a store",
        samples: ratios(by_follower.map(p95), by_alone.map(p95)),
        relation: "≤",
        bound: FOLLOWER_P95_RATIO_MAX,
      }),
      judge({ ...claim, name: "errors", unit: "", samples: [bad], relation: "≤", bound: 0 }),
      ...rss.slice(0, 1).flatMap(({ pid, samples }) => [
        judge({
          ...memory,
          name: "follower of 100,000 × 30: resident memory, steady",
          // It still grows during the first half.
          samples: samples.slice(samples.length / 2),
          bound: MEMORY_STEADY_MB_MAX,
        }),
        judge({
          ...memory,
          name: "follower of 100,000 × 30: peak memory",
          samples: [readMemory(pid).peak_bytes / MEBI],
          bound: MEMORY_PEAK_MB_MAX,
        }),
      ]),
    ],
    notes: [
      disturbanceNote("load", foreign_share, left_out),
      `load: resident memory, steady and peak: ${
        Object.keys(measured).map((name, at) => {
          const { pid, samples } = rss[at];
          const steady = median(samples.slice(samples.length / 2)).toFixed(0);
          return `${name} ${steady}, ${(readMemory(pid).peak_bytes / MEBI).toFixed(0)} MB`;
        }).join("; ")
      }`,
    ],
  };
}
