/** Figure g: from starting the process to its first answer. */
import { disturbed, judge, startForeignLoad } from "../../tools/verdict/mod.ts";
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  getMetricRequests,
  launchMetricsServer,
  type Outcome,
  READY_MS_MAX,
  START_MS_MAX,
  STARTS,
  startStillDataServer,
  waitUntil,
} from "../rig/mod.ts";

/** Starts metrics_server some times over and takes the time to the first 200 of GetMetric. */
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
    const answer = waitUntil("the first answer of GetMetric", READY_MS_MAX, async () => {
      return (await fetchRaw({ host, path })).status === 200 ? performance.now() : null;
    });
    samples.push(await Promise.race([answer, server.failed]) - started_ms);
  }
  const check = judge({
    figure: "g",
    name: "start to the first answer of GetMetric, 64 switches",
    unit: "ms",
    samples,
    relation: "≤",
    bound: START_MS_MAX,
    doubts: disturbed(foreignShare()),
    noise_only_hurts: true,
  });
  return { arms: [], checks: [check], notes: [] };
}
