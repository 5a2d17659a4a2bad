/** `GET /healthz` and `/readyz`. */
import type { Store } from "../store.ts";
import { ageOf } from "./freshness.ts";
import type { ServeLimits } from "./get_metric.ts";
import { noSnapshot, stopping, tooStale } from "./problems.ts";

const NO_STORE = { headers: { "cache-control": "no-store" } };

/** Liveness: the process answers. */
export function healthz(): Response {
  return Response.json({ ok: true }, NO_STORE);
}

/** Readiness: some source's data can be served, fresh enough for MAX_STALE_MS. */
export function readyz(
  store: Store,
  limits: ServeLimits,
  now_ms: number,
  is_stopping: boolean,
): Response {
  if (is_stopping) return stopping();
  const delivered = store.delivered();
  if (delivered.length === 0) {
    const reasons = store.sources.map(({ stats }) =>
      stats.last_error === null ? stats.url : `${stats.url} (${stats.last_error.cause})`
    );
    return noSnapshot(reasons, limits.retry_after_s);
  }
  const ages = delivered.map(({ snapshot }) => ageOf(snapshot!.data.taken_ms, now_ms));
  const age_ms = Math.min(...ages);
  if (age_ms > limits.max_stale_ms) {
    return tooStale(age_ms, limits.max_stale_ms, "MAX_STALE_MS", limits.retry_after_s);
  }
  return Response.json({ ok: true, age_ms }, NO_STORE);
}
