/** Figures a to d: how close metrics_server comes to a bare server with the same answer. */
import { idOfEtag, type StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import { type Check, disturbanceNote, disturbed, judge } from "../../tools/verdict/mod.ts";
import {
  type Arm,
  bareAnswerOf,
  type DenoProcess,
  difference,
  type Engine,
  getMetricRequests,
  joined,
  listMetricsRequest,
  LOG_LINES_RATIO_MIN,
  type Outcome,
  type Pace,
  runRounds,
  startBareServer,
  startMetricsServer,
  startStillDataServer,
} from "../rig/mod.ts";
import { judgeClaim, judgeErrors, type Load, LOADS } from "./throughput_claims.ts";

/** Pause after the load until the log's last lines have been read, in milliseconds. */
const LOG_SETTLE_MS = 300;

/** What the throughput figures are measured with. */
export interface ThroughputSetup {
  engine: Engine;
  pace: Pace;
  /** Which of a, b, c, d. */
  figures: ReadonlySet<string>;
  onProgress: (text: string) => void;
}

interface Servers {
  /** At its default settings: the access log on, and read from a pipe. */
  on: DenoProcess;
  off: DenoProcess;
}

/** Measures a to d, as far as they are asked for. */
export async function measureThroughput(setup: ThroughputSetup): Promise<Outcome> {
  await using source = await startStillDataServer();
  await using on = await startMetricsServer("metrics_server (log on)", source);
  await using off = await startMetricsServer("metrics_server (log off)", source, {
    LOG_LEVEL: "ERROR",
  });
  const outcomes: Outcome[] = [];
  for (const load of LOADS) {
    const claims = load.claims.filter(({ figure }) => setup.figures.has(figure));
    if (claims.length > 0) {
      outcomes.push(await measureLoad(setup, { ...load, claims }, { on, off }));
    }
  }
  return joined([...outcomes, { arms: [], checks: [await judgeLog(on)], notes: [] }]);
}

/** Loads a bare server with the real answer, and both real servers, in turn. */
async function measureLoad(
  { engine, pace, onProgress }: ThroughputSetup,
  { what, claims }: Load,
  { on, off }: Servers,
): Promise<Outcome> {
  const requests = await requestsOf(what, on);
  const real = await fetchRaw({ host: on.host, ...requests[0] });
  const answer = bareAnswerOf(real);
  const if_none_match = ifNoneMatchOf(requests);
  await using bare = await startBareServer(`bare (${what})`, { ...answer, if_none_match });
  await assertSame(bare, requests, real);
  // Whoever says 304 has to have read If-None-Match, and in Deno 2.9 reading one header makes all
  // of them. What the bare server gains by not looking is shown, not judged.
  await using unread = if_none_match === undefined
    ? null
    : await startBareServer(`bare, unread (${what})`, answer);
  const arm = (server: DenoProcess, name: string): Arm => {
    return { label: `${what} · ${name}`, engine, server, requests, expect_status: real.status };
  };
  const arms = [
    arm(bare, "bare Deno.serve"),
    arm(on, "metrics_server, access log on"),
    arm(off, "metrics_server, access log off"),
    ...unread === null ? [] : [arm(unread, "bare, If-None-Match unread")],
  ];
  const { by_arm, foreign_share, left_out } = await runRounds(arms, pace, onProgress);
  const rounds = { bare: by_arm[0], on: by_arm[1], off: by_arm[2] };
  return {
    arms: arms.map(({ label }, i) => ({ label, rounds: by_arm[i] })),
    checks: [
      ...claims.map((claim) => judgeClaim(what, claim, rounds, disturbed(foreign_share))),
      ...judgeErrors(what, by_arm.flat()),
    ],
    notes: [disturbanceNote(what, foreign_share, left_out)],
  };
}

async function requestsOf(what: Load["what"], server: DenoProcess): Promise<Arm["requests"]> {
  if (what === "GetMetric") return getMetricRequests(64);
  if (what === "ListMetrics") return listMetricsRequest();
  const { headers } = await fetchRaw({ host: server.host, ...listMetricsRequest()[0] });
  const etag = headers.find(([name]) => name.toLowerCase() === "etag")?.[1] ?? "";
  if (idOfEtag(etag) === null) throw new Error(`ListMetrics has no usable ETag: got "${etag}"`);
  return listMetricsRequest(etag);
}

function ifNoneMatchOf([{ headers }]: Arm["requests"]): string | undefined {
  return headers?.find(([name]) => name === "If-None-Match")?.[1];
}

export async function assertSame(
  bare: DenoProcess,
  [request]: Arm["requests"],
  real: RawAnswer,
): Promise<void> {
  const differs = difference(real, await fetchRaw({ host: bare.host, ...request }));
  if (differs !== null) throw new Error(`The bare server is no fair rival: it sends ${differs}`);
}

/** Whether the log that counts as on really came out: lines read over requests answered. */
export async function judgeLog(server: DenoProcess): Promise<Check> {
  const stats = await fetchJson<StatsAnswer>(server.host, "/stats");
  await new Promise((resolve) => setTimeout(resolve, LOG_SETTLE_MS));
  const answered = Object.values(stats.endpoints).reduce((total, { count }) => total + count, 0);
  return judge({
    figure: "a–d",
    name: `access lines read from stdout (${stats.log.lines_dropped} dropped) to requests`,
    unit: "×",
    samples: [server.stdout.lines / answered],
    relation: "≥",
    bound: LOG_LINES_RATIO_MIN,
  });
}
