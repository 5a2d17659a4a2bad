/**
 * How often a fault of TCP touched something, and what that number counts. The embedded engine
 * counts per toxic. The real one has no such counters: a relay behind it counts connections and
 * chunks, and hits are what passed there while the fault was on.
 */
import type { ProxyHits } from "../../tools/toxiproxy/mod.ts";

/** A number, and what was counted. */
export interface Hits {
  readonly hits: number;
  readonly evidence: string;
}

/** What the lab itself did and saw at a hop on behalf of one fault. */
export interface OwnCounts {
  /** Open connections closed when it went on. */
  cut: number;
  /** Connections of the lab's own that were refused. */
  refused: number;
}

/** Embedded engine: what the toxic counted. */
export function toxicHits(counted: ProxyHits, toxic: string, own: OwnCounts): Hits {
  const hits = counted.toxics[toxic]?.hits ?? 0;
  return withOwn({ hits, evidence: "data and connections the toxic touched" }, own);
}

/** Real engine: what the relay behind it saw between two moments. */
export function relayHits(
  kind: string,
  before: ProxyHits,
  now: ProxyHits,
  own: OwnCounts,
): Hits {
  // A relay that was started again counts from 0.
  const opened = Math.max(0, now.connections - before.connections);
  const closed = Math.max(0, before.connections_open + opened - now.connections_open);
  switch (kind) {
    case "tcp.hang":
      return withOwn({
        hits: before.connections_open + opened,
        evidence: "connections that were open while it was on",
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

/** Faults without a toxic: nobody listens, so nothing can be counted but what the lab does itself. */
export function refusalHits(own: OwnCounts): Hits {
  return withOwn({ hits: 0, evidence: "" }, own);
}

function withOwn({ hits, evidence }: Hits, { cut, refused }: OwnCounts): Hits {
  const parts = [
    evidence === "" ? "" : `${hits} ${evidence}`,
    cut > 0 ? `${cut} open connections cut` : "",
    refused > 0 ? `${refused} connections of the lab's own refused` : "",
  ].filter((part) => part !== "");
  return { hits: hits + cut + refused, evidence: parts.join(", ") || "nothing" };
}
