/** The figures of the k6 runner, one function each. */
import { percentile } from "../../platform/mod.ts";
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  disturbanceNote,
  disturbed,
  judge,
  ratios,
  startForeignLoad,
} from "../../tools/verdict/mod.ts";
import {
  CONNECTIONS,
  type Contender,
  type DenoProcess,
  doubtsAbout,
  type Engine,
  getMetricRequests,
  type Outcome,
  ready,
  type Round,
  runRounds,
  startMetricsServer,
  startScript,
  startStillDataServer,
} from "../rig/mod.ts";
import { GETMETRIC, getMetricEngine, oneUrlEngine, runK6Script } from "./engines.ts";
import { gridOffsets } from "./server.ts";

/** a: smallest ratio of requests/s to wrk's. */
const RATE_RATIO_MIN = 0.8;
/** b: largest relative difference of a percentile from wrk's and hey's. */
const PERCENTILE_ERROR_MAX = 0.1;
/** c: arrivals per second, their largest relative error, largest p95 distance from an even grid. */
const ARRIVAL_RATE_PER_S = 1_000;
const ARRIVAL_RATE_ERROR_MAX = 0.01;
const ARRIVAL_OFFSET_P95_MS_MAX = 1;
/** d: VUs and their largest memory. */
const MANY_VUS = 1_000;
const MANY_VUS_MB_MAX = 500;

const MB = 1e6;

/** Length and number of rounds, and the load generators to compare with. */
export interface Setup {
  pace: { seconds: number; rounds: number };
  wrk: Engine | null;
  hey: Engine | null;
  onProgress: (text: string) => void;
}

/** a: requests/s of `getmetric` and of a bare request beside wrk's. A round includes a start. */
async function measureRate({ pace, wrk, onProgress }: Setup): Promise<Outcome> {
  if (wrk === null) return skipped("a: skipped, wrk is not installed");
  await using source = await startStillDataServer();
  await using server = await startMetricsServer("metrics", source, { LOG_LEVEL: "WARN" });
  const requests = getMetricRequests(64);
  const contenders = [wrk, getMetricEngine(), oneUrlEngine()].map((engine): Contender => (
    { label: engine.name, engine, server, requests, expect_status: 200 }
  ));
  const longer = { ...pace, seconds: 2 * pace.seconds };
  const { by_contender, foreign_share, left_out } = await runRounds(contenders, longer, onProgress);
  const rate = ({ rate_per_s }: Round) => rate_per_s;
  const [by_wrk, by_script, by_request] = by_contender;
  const bare = ratios(by_request.map(rate), by_wrk.map(rate));
  return {
    contenders: contenders.map(({ label }, i) => ({ label, rounds: by_contender[i] })),
    checks: [judge({
      figure: "a",
      name: "getmetric: requests/s to wrk's",
      unit: "×",
      samples: ratios(by_script.map(rate), by_wrk.map(rate)),
      relation: "≥",
      bound: RATE_RATIO_MIN,
      doubts: [...doubtsAbout(by_script, by_wrk), ...disturbed(foreign_share)],
    })],
    notes: [
      `a: one request without checks to wrk's: ${bare.map((one) => one.toFixed(2)).join(", ")} ×`,
      disturbanceNote("a", foreign_share, left_out),
    ],
  };
}

/** b: percentiles beside wrk's and hey's, with latencies evenly spread over 10–60 ms. */
async function measurePercentiles(setup: Setup): Promise<Outcome> {
  const rivals = [setup.wrk, setup.hey].filter((engine) => engine !== null);
  if (rivals.length === 0) return skipped("b: skipped, neither wrk nor hey is installed");
  await using server = await startKnownServer();
  const requests = [{ path: "/delayed" }];
  const contenders = [oneUrlEngine(), ...rivals].map((engine): Contender => (
    { label: `10–60 ms · ${engine.name}`, engine, server, requests, expect_status: 200 }
  ));
  const { by_contender, foreign_share, left_out } = await runRounds(
    contenders,
    setup.pace,
    setup.onProgress,
  );
  const checks = rivals.flatMap((rival, i) =>
    (["p50_ms", "p95_ms", "p99_ms"] as const).map((name) =>
      judge({
        figure: "b",
        name: `${name.slice(0, 3)}: difference from ${rival.name.split(" ")[0]}'s`,
        unit: "×",
        samples: ratios(
          by_contender[0].map((round) => round[name]),
          by_contender[i + 1].map((round) => round[name]),
        ).map((ratio) => Math.abs(ratio - 1)),
        relation: "≤",
        bound: PERCENTILE_ERROR_MAX,
        doubts: disturbed(foreign_share),
        noise_only_hurts: true,
      })
    )
  );
  return {
    contenders: contenders.map(({ label }, i) => ({ label, rounds: by_contender[i] })),
    checks,
    notes: [disturbanceNote("b", foreign_share, left_out)],
  };
}

/** c: rate and evenness of arrivals, as the server sees them. */
async function measureArrivals({ pace, onProgress }: Setup): Promise<Outcome> {
  await using server = await startKnownServer();
  const engine = oneUrlEngine();
  const rate_errors: number[] = [], offsets_p95_ms: number[] = [];
  const foreignShare = startForeignLoad();
  for (let round = 0; round < pace.rounds; round++) {
    onProgress(`round ${round + 1}: ${ARRIVAL_RATE_PER_S} arrivals a second`);
    await engine.run({
      port: server.port,
      connections: CONNECTIONS,
      requests: [{ path: "/at" }],
      warmup_ms: 0,
      duration_ms: pace.seconds * 1000,
      rate_per_s: ARRIVAL_RATE_PER_S,
      expect_status: 200,
    });
    const recorded = await fetchRaw({ host: server.host, path: "/arrivals" });
    const arrivals_ms = JSON.parse(new TextDecoder().decode(recorded.body)) as number[];
    const planned = pace.seconds * ARRIVAL_RATE_PER_S;
    rate_errors.push(Math.abs(arrivals_ms.length / planned - 1));
    const offsets = gridOffsets(arrivals_ms, 1000 / ARRIVAL_RATE_PER_S).map(Math.abs);
    offsets_p95_ms.push(percentile(offsets.sort((a, b) => a - b), 95));
  }
  const doubts = disturbed(foreignShare());
  const claim = { figure: "c", relation: "≤", doubts, noise_only_hurts: true } as const;
  return {
    contenders: [],
    checks: [
      judge({
        ...claim,
        name: `${ARRIVAL_RATE_PER_S} arrivals/s: difference from the requested rate`,
        unit: "×",
        samples: rate_errors,
        bound: ARRIVAL_RATE_ERROR_MAX,
      }),
      judge({
        ...claim,
        name: "distance of an arrival from the even grid, p95",
        unit: "ms",
        samples: offsets_p95_ms,
        bound: ARRIVAL_OFFSET_P95_MS_MAX,
      }),
    ],
    notes: [],
  };
}

/** d: memory of many VUs. */
async function measureMemory({ pace, onProgress }: Setup): Promise<Outcome> {
  await using source = await startStillDataServer();
  await using server = await startMetricsServer("metrics", source, { LOG_LEVEL: "WARN" });
  onProgress(`${MANY_VUS} VUs`);
  const { peak_bytes, responses, bad_detail } = await runK6Script(GETMETRIC, {
    BASE_URL: `http://${server.host}`,
    VUS: String(MANY_VUS),
    DURATION: `${2 * pace.seconds}s`,
  });
  return {
    contenders: [],
    checks: [judge({
      figure: "d",
      name: `memory of ${MANY_VUS} VUs of getmetric, peak`,
      unit: "MB",
      samples: [peak_bytes / MB],
      relation: "≤",
      bound: MANY_VUS_MB_MAX,
    })],
    notes: [`d: ${responses} answers${bad_detail === "" ? "" : `, ${bad_detail}`}`],
  };
}

async function startKnownServer(): Promise<DenoProcess> {
  const server = startScript("known latencies", "bench/figures/server.ts");
  await ready(server, "/");
  return server;
}

function skipped(note: string): Outcome {
  return { contenders: [], checks: [], notes: [note] };
}

export const FIGURES: Readonly<Record<string, (setup: Setup) => Promise<Outcome>>> = {
  a: measureRate,
  b: measurePercentiles,
  c: measureArrivals,
  d: measureMemory,
};
