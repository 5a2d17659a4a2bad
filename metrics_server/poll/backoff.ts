/** When to poll again. Pure: randomness is a number in [0, 1). */
import { readHttpDate } from "./data_time.ts";

/** Failures in a row that open the circuit. */
export const CIRCUIT_OPENS_AFTER = 5;

/** First retry before the first snapshot; doubles up to the poll interval. */
const COLD_RETRY_MS = 100;

/** Longest `Retry-After` honoured: a mistaken one must not stop polling for a day. */
const RETRY_AFTER_MS_MAX = 300_000;

/** Most doublings of a quick retry. */
const DOUBLINGS_MAX = 16;

interface RetrySituation {
  readonly consecutive_failures: number;
  readonly has_snapshot: boolean;
  readonly poll_ms: number;
  readonly backoff_max_ms: number;
  /** The source's `Retry-After`, or 0. */
  readonly retry_after_ms: number;
}

/**
 * Delay before the next poll after a failure, in milliseconds. Its cap is `backoff_max_ms`, or the
 * poll interval if that is longer: on average, a failing source is not polled more often than a
 * healthy one.
 *
 * - No snapshot yet: quick, between half and all of `100 ms × 2^(n - 1)`, at most the poll interval
 *   and backoff_max_ms.
 * - Circuit closed: full jitter, uniform in [0, min(cap, poll_ms × 2^n))
 *   (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * - Circuit open: between half and all of the cap, and never less than the poll interval.
 *
 * `Retry-After` is honoured up to {@link RETRY_AFTER_MS_MAX}.
 */
export function retryDelay(situation: RetrySituation, random: number): number {
  const requested_ms = Math.min(situation.retry_after_ms, RETRY_AFTER_MS_MAX);
  return Math.max(requested_ms, Math.round(jittered(situation, random)));
}

function jittered(situation: RetrySituation, random: number): number {
  const { consecutive_failures: n, has_snapshot, poll_ms, backoff_max_ms } = situation;
  if (!has_snapshot) {
    const quick_ms = COLD_RETRY_MS * 2 ** Math.min(n - 1, DOUBLINGS_MAX);
    return Math.min(poll_ms, backoff_max_ms, quick_ms) * (0.5 + random / 2);
  }
  const cap_ms = Math.max(backoff_max_ms, poll_ms);
  if (n >= CIRCUIT_OPENS_AFTER) return Math.max(poll_ms, cap_ms * (0.5 + random / 2));
  return Math.min(cap_ms, poll_ms * 2 ** n) * random;
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3); 0 if it is absent or
 * malformed.
 */
export function retryAfter(header: string | null, now_ms: number): number {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date_ms = readHttpDate(text);
  return Number.isNaN(date_ms) ? 0 : Math.max(0, date_ms - now_ms);
}
