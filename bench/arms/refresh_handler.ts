/** The routes of the large source. Pure: time is handed in. */
import { CSV_CONTENT_TYPE, HEADER_SNAPSHOT_TS, snapshotId } from "../../contracts/mod.ts";

/** Answers since the start. */
export interface SourceCounts {
  refreshing: boolean;
  bodies: number;
  not_modified: number;
  /** Id and time of the body sent last; null before the first. */
  last: { snapshot_id: string; epoch_ms: number } | null;
}

/**
 * Sends the bodies in turn. While it refreshes (as it does at first) each poll of `/counters` gets
 * the next one with a new ETag; while it holds, 304 to whoever has the last one. `POST /refresh` and
 * `POST /hold` switch; every other request is answered with the {@link SourceCounts}.
 */
export function refreshHandler(
  bodies: readonly Uint8Array<ArrayBuffer>[],
  epoch_ms: () => number,
): (request: Request) => Response {
  const counts: SourceCounts = { refreshing: true, bodies: 0, not_modified: 0, last: null };
  const lastId = () => snapshotId("bench", counts.bodies);
  const etag = () => `"${lastId()}"`;

  const counters = (request: Request) => {
    if (!counts.refreshing && request.headers.get("if-none-match") === etag()) {
      counts.not_modified++;
      return new Response(null, { status: 304, headers: { etag: etag() } });
    }
    const body = bodies[counts.bodies++ % bodies.length];
    counts.last = { snapshot_id: lastId(), epoch_ms: epoch_ms() };
    return new Response(body, {
      headers: {
        "content-type": CSV_CONTENT_TYPE,
        "cache-control": "no-store",
        etag: etag(),
        [HEADER_SNAPSHOT_TS]: String(counts.last.epoch_ms),
      },
    });
  };

  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/counters") return counters(request);
    if (request.method === "POST") counts.refreshing = pathname === "/refresh";
    return Response.json(counts);
  };
}
