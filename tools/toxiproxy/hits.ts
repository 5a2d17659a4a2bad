/** Counters of a proxy and its toxics, for `GET /hits`. The real server has none. */
import { HIT_COUNTERS_MAX } from "./limits.ts";

/** What a toxic affected since one of its name was first added. */
export interface ToxicHits {
  readonly type: string;
  /** Chunks delayed, cut or dropped, connections closed or reset, closes delayed. */
  hits: number;
  /** Connections that were affected at least once. */
  connections: number;
  bytes: number;
}

/** What passed a proxy since it was created. */
export type ProxyHits = ReturnType<typeof noHits>;

export function noHits() {
  return {
    connections: 0,
    connections_open: 0,
    /** Closed by disabling, moving or deleting the proxy. */
    connections_cut: 0,
    /** The upstream refused them, or there were too many. */
    connections_failed: 0,
    /** Received from clients. */
    bytes_up: 0,
    /** Received from the upstream. */
    bytes_down: 0,
    /** Sent to the upstream, without the bytes that toxics hold or dropped. */
    bytes_up_sent: 0,
    /** Sent to clients, counted likewise. */
    bytes_down_sent: 0,
    chunks_up: 0,
    chunks_down: 0,
    toxics: {} as Record<string, ToxicHits>,
  };
}

/** The counter of a toxic. It outlives the toxic; a new one of that name and type continues it. */
export function hitsOfToxic(hits: ProxyHits, name: string, type: string): ToxicHits {
  const known = Object.hasOwn(hits.toxics, name) ? hits.toxics[name] : undefined;
  if (known?.type === type) return known;
  const names = Object.keys(hits.toxics);
  if (names.length >= HIT_COUNTERS_MAX) delete hits.toxics[names[0]];
  return hits.toxics[name] = { type, hits: 0, connections: 0, bytes: 0 };
}
