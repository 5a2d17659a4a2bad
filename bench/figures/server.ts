/**
 * A server on 127.0.0.1:PORT with known latencies. `/delayed` responds after {@link delayOf}; `/at`
 * responds at once and records its arrival; `/arrivals` returns the recorded times as JSON and
 * clears them.
 */

/** Shortest and longest delay, in milliseconds. */
const DELAY_MIN_MS = 10;
const DELAY_MAX_MS = 60;

/** Steps that fill [0, 1) evenly for any number of them: the golden ratio's. */
const GOLDEN_STEP = (Math.sqrt(5) - 1) / 2;

const ARRIVALS_MAX = 200_000;

/** Delay of the `index`-th response, evenly spread: percentile p is `10 + 50 · p/100` ms. */
export function delayOf(index: number): number {
  return DELAY_MIN_MS + (DELAY_MAX_MS - DELAY_MIN_MS) * ((index * GOLDEN_STEP) % 1);
}

/** Distance of each arrival from an even grid of `period_ms` whose median distance is 0. */
export function gridOffsets(arrivals_ms: readonly number[], period_ms: number): number[] {
  const raw = arrivals_ms.map((at_ms, index) => at_ms - index * period_ms);
  const middle = raw.toSorted((a, b) => a - b)[raw.length >> 1];
  return raw.map((offset) => offset - middle);
}

function serve(port: number): void {
  let arrivals_ms: number[] = [], delayed = 0;
  Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async ({ url }) => {
    const now_ms = performance.now();
    if (url.endsWith("/delayed")) {
      await new Promise((wake) => setTimeout(wake, delayOf(delayed++)));
    } else if (url.endsWith("/at")) {
      if (arrivals_ms.length < ARRIVALS_MAX) arrivals_ms.push(now_ms);
    } else if (url.endsWith("/arrivals")) {
      const response = Response.json(arrivals_ms);
      arrivals_ms = [];
      return response;
    }
    return new Response("ok");
  });
}

if (import.meta.main) serve(Number(Deno.env.get("PORT")));
