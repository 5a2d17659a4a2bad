/**
 * Hits of TCP faults. The embedded engine counts hits for each toxic. The real Toxiproxy has no
 * such counters, so a relay behind it counts the connections and chunks that pass while the fault
 * is on.
 */
import type { ProxyHits } from "../../tools/toxiproxy/mod.ts";

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
  return withOwn(hits, "chunks and connections touched by the toxic", own);
}

/** Hits of the real engine, from the relay's counters before and now. */
export function relayHits(kind: string, before: ProxyHits, now: ProxyHits, own: OwnCounts): Hits {
  // The counters start at 0 after a restart of the relay.
  const opened = Math.max(0, now.connections - before.connections);
  const closed = Math.max(0, before.connections_open + opened - now.connections_open);
  const ended: [number, string] = [closed, "connections that ended while it was on"];
  const by_kind: Readonly<Record<string, [number, string]>> = {
    "tcp.hang": [before.connections_open + opened, "connections open while it was on"],
    "tcp.reset": [opened, "connections opened while it was on"],
    "tcp.slow_close": ended,
    "tcp.limit_data": ended,
  };
  const chunks = Math.max(0, now.chunks_down - before.chunks_down);
  const [hits, evidence] = by_kind[kind] ??
    [chunks, "chunks of answers sent into the proxy while it was on"];
  return withOwn(hits, evidence, own);
}

/** Hits of a refusal, which only the lab's own probes can count. */
export function refusalHits(own: OwnCounts): Hits {
  return withOwn(0, "", own);
}

function withOwn(hits: number, evidence: string, { cut, refused }: OwnCounts): Hits {
  const parts = [
    evidence === "" ? "" : `${hits} ${evidence}`,
    cut > 0 ? `${cut} open connections cut` : "",
    refused > 0 ? `${refused} probe connections refused` : "",
  ].filter((part) => part !== "");
  return { hits: hits + cut + refused, evidence: parts.join(", ") || "nothing" };
}
