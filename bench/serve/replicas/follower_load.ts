/** GetMetric and memory of a follower, beside a server without a store, during large refreshes. */
import {
  type Check,
  disturbanceNote,
  disturbed,
  judge,
  pause,
  ratios,
  readMemory,
} from "../../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  FOLLOWER_P95_RATIO_MAX,
  FOLLOWER_RATE_RATIO_MIN,
  getMetricRequests,
  type Outcome,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  REPLICA_PEAK_MB_MAX,
  REPLICA_STEADY_MB_MAX,
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
/** Rounds of two refreshes. */
const PACE = { seconds: 2 * REFRESH_EVERY_MS / 1000, rounds: 12 };
const ROUNDS_QUICK = 4;
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
  const requests = getMetricRequests(SWITCHES);
  const contender = (name: string, server: DenoProcess) => {
    return { label: `GetMetric · ${name}`, engine, server, requests, expect_status: 200 };
  };
  const contenders = [
    contender("without a store", alone),
    contender("follower", follower.server),
  ];
  const memories = [
    new MemoryUse("follower", follower.server),
    new MemoryUse("leader", leader.server),
    new MemoryUse("without a store", alone),
  ];
  const timer = setInterval(() => memories.forEach((use) => use.sample()), MEMORY_SAMPLE_MS);
  const pace = quick ? { ...PACE, rounds: ROUNDS_QUICK } : PACE;
  const { by_contender, foreign_share, left_out } = await runRounds(contenders, pace, onProgress)
    .finally(() => clearInterval(timer));
  return {
    contenders: contenders.map(({ label }, at) => ({ label, rounds: by_contender[at] })),
    checks: [
      ...loadChecks(by_contender, disturbed(foreign_share)),
      ...memories.flatMap((use) => use.checks()),
    ],
    notes: [disturbanceNote("load", foreign_share, left_out)],
  };
}

function loadChecks([by_alone, by_follower]: Round[][], doubts: readonly string[]): Check[] {
  const rate = ({ rate_per_s }: Round) => rate_per_s;
  const p95 = ({ p95_ms }: Round) => p95_ms;
  const bad = [...by_alone, ...by_follower].reduce((sum, { bad }) => sum + bad, 0);
  const claim = { figure: "load", unit: "×", doubts };
  return [
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
    judge({ figure: "load", name: "errors", unit: "", samples: [bad], relation: "≤", bound: 0 }),
  ];
}

/** Resident memory of one server. */
class MemoryUse {
  readonly #rss_bytes: number[] = [];

  constructor(readonly name: string, readonly server: DenoProcess) {}

  sample(): void {
    this.#rss_bytes.push(readMemory(this.server.pid).rss_bytes);
  }

  checks(): Check[] {
    const claim = { figure: "load", unit: "MB", relation: "≤" } as const;
    // It still grows during the first half of the samples.
    const steady = this.#rss_bytes.slice(this.#rss_bytes.length / 2);
    return [
      judge({
        ...claim,
        name: `100,000 × 30, ${this.name}: resident memory, steady`,
        samples: steady.map((bytes) => bytes / MEBI),
        bound: REPLICA_STEADY_MB_MAX,
      }),
      judge({
        ...claim,
        name: `100,000 × 30, ${this.name}: peak memory`,
        samples: [readMemory(this.server.pid).peak_bytes / MEBI],
        bound: REPLICA_PEAK_MB_MAX,
      }),
    ];
  }
}
