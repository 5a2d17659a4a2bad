/** Figure g: from the start of the process to its first response. */
import { disturbed, judge, startForeignLoad } from "../../tools/verdict/mod.ts";
import {
  getMetricRequests,
  launchMetricsServer,
  type Outcome,
  ready,
  START_MS_MAX,
  STARTS,
  startStillDataServer,
} from "../rig/mod.ts";

/** Measures the time from a start to the first 200 of GetMetric, {@link STARTS} times. */
export async function measureStart(onProgress: (text: string) => void): Promise<Outcome> {
  await using source = await startStillDataServer();
  const [{ path }] = getMetricRequests(64);
  const samples: number[] = [];
  const foreignShare = startForeignLoad();
  for (let i = 0; i < STARTS; i++) {
    onProgress(`start ${i + 1} of ${STARTS}`);
    const started_ms = performance.now();
    await using server = launchMetricsServer("metrics_server", source);
    await ready(server, path);
    samples.push(performance.now() - started_ms);
  }
  const check = judge({
    figure: "g",
    name: "start to the first response of GetMetric, 64 switches",
    unit: "ms",
    samples,
    relation: "≤",
    bound: START_MS_MAX,
    doubts: disturbed(foreignShare()),
    noise_only_hurts: true,
  });
  return { contenders: [], checks: [check], notes: [] };
}
