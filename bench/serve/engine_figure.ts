/** Figure h: the load engine beside wrk on a bare server. */
import { disturbanceNote, disturbed, judge, ratios } from "../../tools/verdict/mod.ts";
import {
  type Contender,
  type Engine,
  ENGINE_RATE_RATIO_MIN,
  getMetricRequests,
  type Outcome,
  type Pace,
  type Round,
  runRounds,
  startBareServer,
} from "../rig/mod.ts";

/** A response like GetMetric's. */
const ANSWER = {
  status: 200,
  headers: [["content-type", "application/json"], ["etag", 'W/"mid5ya4g00000007-12"']],
  body: '{"switch_id":"sw-000","metric":"bandwidth_gbps","value":122.4,"age_ms":820}',
} satisfies Parameters<typeof startBareServer>[1];

/** Loads one bare server with both engines in turn; without wrk only a note is made. */
export async function measureEngine(
  own: Engine,
  wrk: Engine | null,
  pace: Pace,
  onProgress: (text: string) => void,
): Promise<Outcome> {
  if (wrk === null) {
    return { contenders: [], checks: [], notes: ["h: skipped, wrk is not installed"] };
  }
  await using server = await startBareServer("bare", ANSWER);
  const requests = getMetricRequests(64);
  const contenders: Contender[] = [
    { label: `bare · ${wrk.name}`, engine: wrk, server, requests, expect_status: 200 },
    { label: "bare · own client", engine: own, server, requests, expect_status: 200 },
  ];
  const { by_contender, foreign_share, left_out } = await runRounds(contenders, pace, onProgress);
  const [by_wrk, by_own] = by_contender;
  const rate = ({ rate_per_s }: Round) => rate_per_s;
  const samples = ratios(by_own.map(rate), by_wrk.map(rate));
  const check = judge({
    figure: "h",
    name: "load engine: requests/s to wrk's",
    unit: "×",
    samples,
    relation: "≥",
    bound: ENGINE_RATE_RATIO_MIN,
    doubts: disturbed(foreign_share),
  });
  return {
    contenders: contenders.map(({ label }, i) => ({ label, rounds: by_contender[i] })),
    checks: [check],
    notes: [disturbanceNote("h", foreign_share, left_out)],
  };
}
