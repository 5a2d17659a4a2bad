/** What a proxy and its toxics did, counted; the real server has no such counters. */
import { HIT_COUNTERS_MAX } from "../limits.ts";

/** What one toxic touched, since a toxic of that name was first added. */
export interface ToxicHits {
  readonly type: string;
  /** Chunks delayed, cut or dropped, connections closed or reset, closes delayed. */
  hits: number;
  /** Connections on which that happened at least once. */
  connections: number;
  bytes: number;
}

/** What one proxy saw, since it was created. */
export interface ProxyHits {
  connections: number;
  connections_open: number;
  /** Closed by disabling, moving or deleting the proxy. */
  connections_cut: number;
  /** Upstream did not take them, or there were too many. */
  connections_failed: number;
  /** Received from clients. */
  bytes_up: number;
  /** Received from the upstream. */
  bytes_down: number;
  chunks_up: number;
  chunks_down: number;
  toxics: Record<string, ToxicHits>;
}

export function noHits(): ProxyHits {
  return {
    connections: 0,
    connections_open: 0,
    connections_cut: 0,
    connections_failed: 0,
    bytes_up: 0,
    bytes_down: 0,
    chunks_up: 0,
    chunks_down: 0,
    toxics: {},
  };
}

/** Counter of a toxic, kept after the toxic is gone; a new toxic of that name and type counts on. */
export function hitsOfToxic(hits: ProxyHits, name: string, type: string): ToxicHits {
  const known = Object.hasOwn(hits.toxics, name) ? hits.toxics[name] : undefined;
  if (known?.type === type) return known;
  const names = Object.keys(hits.toxics);
  if (names.length >= HIT_COUNTERS_MAX) delete hits.toxics[names[0]];
  return hits.toxics[name] = { type, hits: 0, connections: 0, bytes: 0 };
}
