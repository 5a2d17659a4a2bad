/** Figure i: the whole list of 40,000 × 34 as gzip, from the request to its last byte. */
import { fetchJson, fetchRaw } from "../../tools/http/mod.ts";
import type { StatsAnswer } from "../../contracts/mod.ts";
import { disturbed, judge, startForeignLoad, until } from "../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  LIST_GZIP_MS_MAX,
  LOOP_PROBE_MS,
  type Outcome,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  roundText,
  startMetricsServer,
  startRefreshSource,
} from "../rig/mod.ts";

const SWITCHES = 40_000, FIELDS = 34;
const LIST = "/telemetry/ListMetrics";
const GZIP: [string, string][] = [["Accept-Encoding", "gzip"]];
/** Snapshots whose lists are read before the first round: V8 compiles the code. */
const WARMUP_LISTS = 3;

interface ListRound {
  /** The first list of a snapshot. */
  first_ms: number;
  /** The same list once more. */
  again_ms: number;
  bytes: number;
}

/** Reads the list of one snapshot after the other, twice each. */
export async function measureLists(
  rounds: number,
  onProgress: (text: string) => void,
): Promise<Outcome> {
  await using source = await startRefreshSource(SWITCHES, FIELDS);
  await using server = await startMetricsServer("metrics_server (40,000 × 34)", source, {
    POLL_MS: String(REFRESH_POLL_MS),
    LOOP_PROBE_MS: String(LOOP_PROBE_MS),
  });
  const path = `/refresh?every_ms=${REFRESH_EVERY_MS}`;
  await fetchRaw({ host: source.host, path, method: "POST" });
  for (let i = 0; i < WARMUP_LISTS; i++) await takeLists(server);
  const foreignShare = startForeignLoad();
  const taken: ListRound[] = [];
  for (let round = 0; round < rounds; round++) {
    onProgress(`${roundText(round, rounds)}: the whole list as gzip`);
    taken.push(await takeLists(server));
  }
  const { event_loop } = await fetchJson<StatsAnswer>(server.host, "/stats");
  const megabytes = (taken[0].bytes / 1e6).toFixed(1);
  const claim = { figure: "i", unit: "ms", relation: "≤", bound: LIST_GZIP_MS_MAX } as const;
  const doubts = disturbed(foreignShare());
  const check = (name: string, of: (round: ListRound) => number) =>
    judge({ ...claim, name, samples: taken.map(of), doubts, noise_only_hurts: true });
  return {
    contenders: [],
    checks: [
      check(
        `gzip list of 40,000 × 34 (${megabytes} MB): last byte, first of its snapshot`,
        (one) => one.first_ms,
      ),
      check("gzip list of 40,000 × 34: last byte, requested again", (one) => one.again_ms),
    ],
    notes: [`i: longest event-loop block in the last minute: ${event_loop.block_max_ms} ms`],
  };
}

/** Waits for the next snapshot and reads its list twice. */
async function takeLists(server: DenoProcess): Promise<ListRound> {
  const before = await etagOf(server);
  await until("a new snapshot", async () => await etagOf(server) !== before, {
    wait_ms_max: 5 * REFRESH_EVERY_MS,
    look_every_ms: 10,
  });
  const [first, again] = [await timedList(server), await timedList(server)];
  return { first_ms: first.took_ms, again_ms: again.took_ms, bytes: first.bytes };
}

async function etagOf({ host }: DenoProcess): Promise<string> {
  const { headers } = await fetchRaw({ host, path: `${LIST}?limit=1` });
  return headers.find(([name]) => name.toLowerCase() === "etag")?.[1] ?? "";
}

async function timedList({ host }: DenoProcess): Promise<{ took_ms: number; bytes: number }> {
  const started_ms = performance.now();
  const { status, headers, body } = await fetchRaw({ host, path: LIST, headers: GZIP });
  const took_ms = performance.now() - started_ms;
  const is_gzip = headers.some(([name, value]) =>
    name.toLowerCase() === "content-encoding" && value === "gzip"
  );
  if (status !== 200 || !is_gzip) throw new Error(`${LIST}: status ${status}, gzip: ${is_gzip}`);
  return { took_ms, bytes: body.length };
}
