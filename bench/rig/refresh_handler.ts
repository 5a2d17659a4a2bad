/** Routes of the large source. Pure: the clock is a parameter. */
import { CSV_CONTENT_TYPE, HEADER_SNAPSHOT_TS, snapshotId } from "../../contracts/mod.ts";

export interface SourceCounts {
  /** Time between two new bodies, rounded to polls; null while the source holds. */
  refresh_every_ms: number | null;
  requests: number;
  /** New bodies sent. */
  bodies: number;
  not_modified: number;
  /** The last bodies sent, at most {@link RECENT_MAX}, the newest one last. */
  recent: { snapshot_id: string; epoch_ms: number }[];
}

/** A reader that is late by a minute of refreshes still sees each of them. */
const RECENT_MAX = 30;

/**
 * Serves `/counters` with the bodies in rotation. While it refreshes, each due poll (due within
 * half of `poll_ms`) gets the next body with a new ETag; initially every poll is due. Any other
 * poll gets 304 for the current ETag, else the current body again. `POST /refresh?every_ms=N` and
 * `POST /hold` switch the mode. Any other request gets the {@link SourceCounts}.
 */
export function refreshHandler(
  bodies: readonly Uint8Array<ArrayBuffer>[],
  poll_ms: number,
  epoch_ms: () => number,
): (request: Request) => Response {
  const counts: SourceCounts = {
    refresh_every_ms: 0,
    requests: 0,
    bodies: 0,
    not_modified: 0,
    recent: [],
  };
  const last = () => counts.recent.at(-1);
  const lastId = () => snapshotId("bench", counts.bodies);
  const etag = () => `"${lastId()}"`;

  const isDue = () => {
    if (counts.refresh_every_ms === null) return false;
    const since_ms = epoch_ms() - (last()?.epoch_ms ?? 0);
    return since_ms + poll_ms / 2 >= counts.refresh_every_ms;
  };

  const counters = (request: Request) => {
    counts.requests++;
    const is_due = isDue();
    if (!is_due && request.headers.get("if-none-match") === etag()) {
      counts.not_modified++;
      return new Response(null, { status: 304, headers: { etag: etag() } });
    }
    if (is_due || counts.bodies === 0) {
      counts.bodies++;
      counts.recent.push({ snapshot_id: lastId(), epoch_ms: epoch_ms() });
      if (counts.recent.length > RECENT_MAX) counts.recent.shift();
    }
    return new Response(bodies[(counts.bodies - 1) % bodies.length], {
      headers: {
        "content-type": CSV_CONTENT_TYPE,
        "cache-control": "no-store",
        etag: etag(),
        [HEADER_SNAPSHOT_TS]: String(last()!.epoch_ms),
      },
    });
  };

  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/counters") return counters(request);
    if (request.method === "POST") {
      counts.refresh_every_ms = pathname === "/refresh"
        ? Number(searchParams.get("every_ms"))
        : null;
    }
    return Response.json(counts);
  };
}
