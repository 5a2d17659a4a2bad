/** Figure h: whether the load engine drives a bare server as hard as wrk does. */
import { disturbanceNote, disturbed, judge, ratios } from "../../tools/verdict/mod.ts";
import {
  type Arm,
  type Engine,
  ENGINE_RATE_RATIO_MIN,
  getMetricRequests,
  type Outcome,
  type Pace,
  type Round,
  runRounds,
  startBareServer,
} from "../rig/mod.ts";

/** About what GetMetric answers. */
const ANSWER = {
  status: 200,
  headers: [["content-type", "application/json"], ["etag", 'W/"mid5ya4g00000007-12"']],
  body: '{"switch_id":"sw-000","metric":"bandwidth_gbps","value":122.4,"age_ms":820}',
} satisfies Parameters<typeof startBareServer>[1];

/** Loads one bare server with both, in turn; without wrk nothing is checked and a note says so. */
export async function measureEngine(
  own: Engine,
  wrk: Engine | null,
  pace: Pace,
  onProgress: (text: string) => void,
): Promise<Outcome> {
  if (wrk === null) {
    return { arms: [], checks: [], notes: ["h: skipped, wrk is not installed"] };
  }
  await using server = await startBareServer("bare", ANSWER);
  const requests = getMetricRequests(64);
  const arms: Arm[] = [
    { label: `bare · ${wrk.name}`, engine: wrk, server, requests, expect_status: 200 },
    { label: "bare · own client", engine: own, server, requests, expect_status: 200 },
  ];
  const { by_arm, foreign_share, left_out } = await runRounds(arms, pace, onProgress);
  const [by_wrk, by_own] = by_arm;
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
    arms: arms.map(({ label }, i) => ({ label, rounds: by_arm[i] })),
    checks: [check],
    notes: [disturbanceNote("h", foreign_share, left_out)],
  };
}
