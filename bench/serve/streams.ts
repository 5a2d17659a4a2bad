/** Figure j: GetMetric while 1,000 streams of 200 cells each change every second. */
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  disturbanceNote,
  disturbed,
  judge,
  median,
  ratios,
  takePasses,
} from "../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  type Engine,
  getMetricRequests,
  type Outcome,
  type Pace,
  type Round,
  roundText,
  type ServerLoad,
  startDataServer,
  startDeno,
  startMetricsServer,
  STREAM_CELLS,
  STREAMS,
  STREAMS_P99_RATIO_MAX,
  takeRound,
} from "../rig/mod.ts";

const SWITCHES = 2_000;
/** A new snapshot each second, noticed within a quarter. */
const DATA_INTERVAL_SEC = 1, POLL_MS = 250;
const RATE_PER_S = 1_000;
const WARMUP_MS = 3_000, ROUND_WARMUP_MS = 500;
/** Share of the due events that must have been sent for a round to count. */
const EVENTS_SHARE_MIN = 0.8;

interface StreamsPass {
  alone: Round;
  beside: Round;
  /** Events sent to all streams while {@link beside} was loaded. */
  events: number;
}

export async function measureStreams(
  engine: Engine,
  pace: Pace,
  onProgress: (text: string) => void,
): Promise<Outcome> {
  await using source = await startDataServer({
    DATA_SWITCHES: String(SWITCHES),
    DATA_INTERVAL_SEC: String(DATA_INTERVAL_SEC),
  });
  const env = { POLL_MS: String(POLL_MS) };
  await using server = await startMetricsServer("metrics_server (streams)", source, env);
  const load = (duration_ms: number): Promise<Round> => {
    const requests = getMetricRequests(SWITCHES);
    const order: ServerLoad = {
      requests,
      warmup_ms: ROUND_WARMUP_MS,
      duration_ms,
      rate_per_s: RATE_PER_S,
      expect_status: 200,
    };
    return takeRound(engine, server, order);
  };
  await besideStreams(server, () => load(WARMUP_MS));
  const { taken, foreign_share, left_out } = await takePasses(pace.rounds, async (pass) => {
    onProgress(`${roundText(pass, pace.rounds)}: beside ${STREAMS} streams`);
    const alone = () => load(pace.seconds * 1000);
    const first = pass % 2 === 0 ? await alone() : null;
    const { round, events } = await besideStreams(server, alone);
    return { alone: first ?? await alone(), beside: round, events };
  }, pace);
  const doubts = [...disturbed(foreign_share), ...tooFewEvents(taken, pace.seconds)];
  return outcomeOf(taken, doubts, disturbanceNote("j", foreign_share, left_out));
}

function outcomeOf(taken: readonly StreamsPass[], doubts: string[], note: string): Outcome {
  const alone = taken.map((pass) => pass.alone), beside = taken.map((pass) => pass.beside);
  const p99 = ({ p99_ms }: Round) => p99_ms;
  const claim = { figure: "j", relation: "≤" } as const;
  return {
    contenders: [
      { label: "1,000/s · no streams", rounds: alone },
      { label: `1,000/s · ${STREAMS} streams of ${STREAM_CELLS} cells`, rounds: beside },
    ],
    checks: [
      judge({
        ...claim,
        name: `GetMetric beside ${STREAMS} streams: p99 to p99 without`,
        unit: "×",
        samples: ratios(beside.map(p99), alone.map(p99)),
        bound: STREAMS_P99_RATIO_MAX,
        doubts,
      }),
      judge({
        ...claim,
        name: `GetMetric beside ${STREAMS} streams: errors`,
        unit: "",
        samples: [[...alone, ...beside].reduce((sum, { bad }) => sum + bad, 0)],
        bound: 0,
      }),
    ],
    notes: [`j: ${median(taken.map(({ events }) => events))} events a round`, note],
  };
}

function tooFewEvents(taken: readonly StreamsPass[], seconds: number): string[] {
  const due = STREAMS * seconds / DATA_INTERVAL_SEC;
  const fewest = Math.min(...taken.map(({ events }) => events));
  return fewest < due * EVENTS_SHARE_MIN
    ? [`a round of ${fewest} events, of ${due} that were due`]
    : [];
}

/** Loads the server while all streams are open. */
async function besideStreams(server: DenoProcess, load: () => Promise<Round>) {
  const opened = Promise.withResolvers<void>();
  const script = ["run", "--no-prompt", "--allow-net=127.0.0.1", "bench/stream_readers.ts"];
  await using readers = startDeno(
    "stream readers",
    [...script, String(server.port), String(SWITCHES)],
    {},
    { onLine: () => opened.resolve() },
  );
  await Promise.race([opened.promise, readers.failed]);
  const before = await eventsSent(server);
  const round = await Promise.race([load(), readers.failed]);
  return { round, events: await eventsSent(server) - before };
}

async function eventsSent({ host }: DenoProcess): Promise<number> {
  const { body } = await fetchRaw({ host, path: "/metrics" });
  const line = /stream_events_sent(?:_total)?\{transport="sse"\} (\d+)/.exec(
    new TextDecoder().decode(body),
  );
  if (line === null) throw new Error("/metrics: no stream_events_sent of sse");
  return Number(line[1]);
}
