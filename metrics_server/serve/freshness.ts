/** How old data is, and how old it may be. Pure. */

/** Age in whole milliseconds, never negative: a source's clock may run ahead of ours. */
export function ageOf(taken_ms: number, now_ms: number): number {
  return now_ms > taken_ms ? Math.floor(now_ms - taken_ms) : 0;
}

/** A bound on age: the smaller of the request's own and the service's. */
export interface AgeBound {
  readonly max_ms: number;
  readonly bound: "max_age_ms" | "MAX_STALE_MS";
}

/** @param request_ms `max_age_ms` of the request, or Infinity. */
export function ageBound(request_ms: number, service_ms: number): AgeBound {
  return request_ms < service_ms
    ? { max_ms: request_ms, bound: "max_age_ms" }
    : { max_ms: service_ms, bound: "MAX_STALE_MS" };
}

/**
 * Reads `max_age_ms`: digits only. Absent is Infinity, anything else null.
 *
 * ```ts
 * readMaxAge("5000"); // 5000
 * ```
 */
export function readMaxAge(text: string | null): number | null {
  if (text === null) return Infinity;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
