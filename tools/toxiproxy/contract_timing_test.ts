/** The injected latency is the latency that a client measures. */
import { assert } from "@std/assert";
import { calmClock } from "../verdict/mod.ts";
import { onBoth, startStand } from "./testing/stand.ts";

const LATENCY_MS = 200;
const ERROR_MS_MAX = 5;
/** A busy machine is late, but not each time. */
const PROBES_MAX = 40;

onBoth(
  `an injected latency of ${LATENCY_MS} ms is measured as ${LATENCY_MS} ± ${ERROR_MS_MAX} ms`,
  async (engine) => {
    await using stand = await startStand(engine);
    await stand.add({ type: "latency", attributes: { latency: LATENCY_MS } });
    using client = await stand.connect();
    const seen_ms: number[] = [];
    while (seen_ms.length < PROBES_MAX) {
      const elapsed_ms = calmClock();
      const trip_ms = await client.roundTrip(64);
      const calm_ms = elapsed_ms();
      assert(trip_ms >= LATENCY_MS - ERROR_MS_MAX, `${trip_ms} ms`);
      if (Math.min(trip_ms, calm_ms) <= LATENCY_MS + ERROR_MS_MAX) return;
      seen_ms.push(Math.round(trip_ms));
    }
    assert(false, `${seen_ms} ms`);
  },
);
