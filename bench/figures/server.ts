/**
 * A server on 127.0.0.1:PORT whose latencies are known: `/delayed` answers after {@link delayOf},
 * `/at` at once and remembers when it was asked, `/arrivals` tells those times as JSON and forgets
 * them.
 */
import { delayOf } from "./known_latency.ts";

/** Arrivals kept; later ones are only answered. */
const ARRIVALS_MAX = 200_000;

let arrivals_ms: number[] = [];
let delayed = 0;

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} },
  async (request) => {
    const now_ms = performance.now();
    if (request.url.endsWith("/delayed")) {
      await new Promise((wake) => setTimeout(wake, delayOf(delayed++)));
    } else if (request.url.endsWith("/at")) {
      if (arrivals_ms.length < ARRIVALS_MAX) arrivals_ms.push(now_ms);
    } else if (request.url.endsWith("/arrivals")) {
      const told = Response.json(arrivals_ms);
      arrivals_ms = [];
      return told;
    }
    return new Response("ok");
  },
);
