/** The injected latency is the latency that a client measures. */
import { assert } from "@std/assert";
import { onBoth, startStand } from "./testing/stand.ts";

const LATENCY_MS = 200;
const ERROR_MS_MAX = 5;
const PROBES = 5;
/** A busy machine is late, but not each time. */
const TRIES_MAX = 4;

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

onBoth(
  `an injected latency of ${LATENCY_MS} ms is measured as ${LATENCY_MS} ± ${ERROR_MS_MAX} ms`,
  async (engine) => {
    await using stand = await startStand(engine);
    await stand.add({ type: "latency", attributes: { latency: LATENCY_MS } });
    using client = await stand.connect();
    const seen: string[] = [];
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      const probes: number[] = [];
      for (let probe = 0; probe < PROBES; probe++) probes.push(await client.roundTrip(64));
      const median_ms = median(probes);
      if (Math.abs(median_ms - LATENCY_MS) <= ERROR_MS_MAX) return;
      seen.push(median_ms.toFixed(1));
    }
    assert(false, `medians of ${PROBES} probes: ${seen.join(", ")} ms`);
  },
);
