/** Figures a to d: metrics_server beside a bare server with the same response. */
import { idOfEtag, type StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import { type Check, disturbanceNote, disturbed, judge, pause } from "../../tools/verdict/mod.ts";
import {
  bareAnswerOf,
  type Contender,
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

/** Time until the last log lines are read, in milliseconds. */
const LOG_SETTLE_MS = 300;

interface ThroughputSetup {
  engine: Engine;
  pace: Pace;
  /** Wanted letters. */
  figures: ReadonlySet<string>;
  onProgress: (text: string) => void;
}

/** metrics_server with its access log on (the default, read from a pipe) and off. */
interface Servers {
  on: DenoProcess;
  off: DenoProcess;
}

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
  return joined([...outcomes, { contenders: [], checks: [await judgeLog(on)], notes: [] }]);
}

/** Loads both servers and a bare server with the same response, in turn. */
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
  // A 304 requires reading If-None-Match, and Deno 2.9 then builds all headers. The report also
  // shows a bare server that skips this; it is not judged.
  await using unread = if_none_match === undefined
    ? null
    : await startBareServer(`bare, unread (${what})`, answer);
  const contender = (server: DenoProcess, name: string): Contender => {
    return { label: `${what} · ${name}`, engine, server, requests, expect_status: real.status };
  };
  const contenders = [
    contender(bare, "bare Deno.serve"),
    contender(on, "metrics_server, access log on"),
    contender(off, "metrics_server, access log off"),
    ...unread === null ? [] : [contender(unread, "bare, If-None-Match unread")],
  ];
  const { by_contender, foreign_share, left_out } = await runRounds(contenders, pace, onProgress);
  const rounds = { bare: by_contender[0], on: by_contender[1], off: by_contender[2] };
  return {
    contenders: contenders.map(({ label }, i) => ({ label, rounds: by_contender[i] })),
    checks: [
      ...claims.map((claim) => judgeClaim(what, claim, rounds, disturbed(foreign_share))),
      ...judgeErrors(what, by_contender.flat()),
    ],
    notes: [disturbanceNote(what, foreign_share, left_out)],
  };
}

type Requests = Contender["requests"];

async function requestsOf(what: Load["what"], server: DenoProcess): Promise<Requests> {
  if (what === "GetMetric") return getMetricRequests(64);
  if (what === "ListMetrics") return listMetricsRequest();
  const { headers } = await fetchRaw({ host: server.host, ...listMetricsRequest()[0] });
  const etag = headers.find(([name]) => name.toLowerCase() === "etag")?.[1] ?? "";
  if (idOfEtag(etag) === null) throw new Error(`ListMetrics has no usable ETag: got "${etag}"`);
  return listMetricsRequest(etag);
}

function ifNoneMatchOf([{ headers }]: Requests): string | undefined {
  return headers?.find(([name]) => name === "If-None-Match")?.[1];
}

/** Throws unless the bare server sends the same response as the real one. */
export async function assertSame(
  bare: DenoProcess,
  [request]: Requests,
  real: RawAnswer,
): Promise<void> {
  const differs = difference(real, await fetchRaw({ host: bare.host, ...request }));
  if (differs !== null) throw new Error(`The bare server is no fair rival: it sends ${differs}`);
}

/** Checks that the access log was really written: lines read over requests answered. */
export async function judgeLog(server: DenoProcess): Promise<Check> {
  const stats = await fetchJson<StatsAnswer>(server.host, "/stats");
  await pause(LOG_SETTLE_MS);
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
