/** Figure g: from the start of the process to its first response. */
import { disturbed, judge, startForeignLoad, until } from "../../tools/verdict/mod.ts";
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  getMetricRequests,
  launchMetricsServer,
  type Outcome,
  READY_MS_MAX,
  RETRY_MS,
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
    const { host } = server;
    const answered_ms = until("the first response of GetMetric", async () => {
      return (await fetchRaw({ host, path })).status === 200 && performance.now();
    }, { wait_ms_max: READY_MS_MAX, look_every_ms: RETRY_MS, retry_errors: true });
    samples.push(await Promise.race([answered_ms, server.failed]) - started_ms);
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
