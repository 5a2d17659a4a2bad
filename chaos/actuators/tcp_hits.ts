/**
 * Hits of TCP faults. The embedded engine counts hits for each toxic. The real Toxiproxy has no
 * such counters, so a relay behind it counts the connections and chunks that pass while the fault
 * is on.
 */
import type { ProxyHits } from "../../tools/toxiproxy/mod.ts";

/** The number of hits, and what it counts. */
export interface Hits {
  readonly hits: number;
  readonly evidence: string;
}

/** What the lab itself counted for a fault. */
export interface OwnCounts {
  /** Open connections closed when the fault went on. */
  cut: number;
  /** Probe connections that were refused. */
  refused: number;
}

/** Hits counted by the embedded engine. */
export function toxicHits(counted: ProxyHits, toxic: string, own: OwnCounts): Hits {
  const hits = counted.toxics[toxic]?.hits ?? 0;
  return withOwn({ hits, evidence: "chunks and connections touched by the toxic" }, own);
}

/** Hits of the real engine, from the relay's counters before and now. */
export function relayHits(
  kind: string,
  before: ProxyHits,
  now: ProxyHits,
  own: OwnCounts,
): Hits {
  // The counters start at 0 after a restart of the relay.
  const opened = Math.max(0, now.connections - before.connections);
  const closed = Math.max(0, before.connections_open + opened - now.connections_open);
  switch (kind) {
    case "tcp.hang":
      return withOwn({
        hits: before.connections_open + opened,
        evidence: "connections open while it was on",
      }, own);
    case "tcp.reset":
      return withOwn({ hits: opened, evidence: "connections opened while it was on" }, own);
    case "tcp.slow_close":
    case "tcp.limit_data":
      return withOwn({ hits: closed, evidence: "connections that ended while it was on" }, own);
    default:
      return withOwn({
        hits: Math.max(0, now.chunks_down - before.chunks_down),
        evidence: "chunks of answers sent into the proxy while it was on",
      }, own);
  }
}

/** Hits of a refusal, which only the lab's own probes can count. */
export function refusalHits(own: OwnCounts): Hits {
  return withOwn({ hits: 0, evidence: "" }, own);
}

function withOwn({ hits, evidence }: Hits, { cut, refused }: OwnCounts): Hits {
  const parts = [
    evidence === "" ? "" : `${hits} ${evidence}`,
    cut > 0 ? `${cut} open connections cut` : "",
    refused > 0 ? `${refused} probe connections refused` : "",
  ].filter((part) => part !== "");
  return { hits: hits + cut + refused, evidence: parts.join(", ") || "nothing" };
}
