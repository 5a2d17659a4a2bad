/** What most scenarios claim, so that each has to say only what is special about it. */
import {
  age,
  type Bound,
  type ConditionValue,
  dataInterval,
  faultLength,
  fetchTime,
  fixed,
  herd,
  loadErrors,
  longestBackoff,
  ms,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  p95,
  p95Ratio,
  pollInterval,
  pollTimeout,
  probeErrors,
  retryAmplification,
  samplingTime,
} from "../vocabulary/mod.ts";

/** Every request is answered, fast, and no answer lies. */
export const SERVES_ON: readonly ConditionValue[] = [
  loadErrors().atMost(0, "clients do not depend on the source"),
  probeErrors().atMost(0, "clients do not depend on the source"),
  p95().atMost(ms(7)),
  noUnlabelledStale(),
  noBadData(),
];

/** The same promises without latency, where the fault is about that. */
export const ANSWERS_RIGHT: readonly ConditionValue[] = [
  loadErrors().atMost(0, "clients do not depend on the source"),
  probeErrors().atMost(0, "clients do not depend on the source"),
  noUnlabelledStale(),
  noBadData(),
];

/** Age without faults: a snapshot is at most this old before the next one is served. */
export const freshAge = (): Bound => dataInterval().plus(pollInterval(), fetchTime());

/** Data is fresh. */
export const FRESH: readonly ConditionValue[] = [age().atMost(freshAge())];

/** Latency under fault against that of the same run's baseline. */
export const AS_FAST_AS_BEFORE: ConditionValue = p95Ratio().atMost(
  1.2,
  "what happens at the source costs clients nothing",
);

/**
 * Age where no poll succeeds while the faults last: what is held then may be as old as
 * {@link freshAge} when they begin, and the first poll that succeeds comes a backoff after they end.
 */
export const outageAge = (): Bound => faultLength().plus(freshAge(), longestBackoff());

/** What holds while the source gives nothing usable. */
export const SURVIVES: readonly ConditionValue[] = [AS_FAST_AS_BEFORE, age().atMost(outageAge())];

/** The same where a poll may wait for its time-out besides. */
export const SURVIVES_HANGING: readonly ConditionValue[] = [
  AS_FAST_AS_BEFORE,
  age().atMost(outageAge().plus(pollTimeout())),
];

/** A refused or broken answer is noticed with the next poll. */
export const nextPoll = (): Bound => pollInterval().plus(fetchTime());
/** An answer that does not come is noticed when the next poll times out. */
export const nextTimeout = (): Bound => pollInterval().plus(pollTimeout(), fetchTime());

/** Back after the longest backoff, seen by the next probe. */
export const nextRetry = (): Bound => longestBackoff().plus(fetchTime(), samplingTime());
/** The same where a poll hangs when the fault is lifted. */
export const nextRetryAfterHang = (): Bound =>
  longestBackoff().plus(pollTimeout(), fetchTime(), samplingTime());

/** A source in trouble is not asked more often than a healthy one, and not by all at once. */
export const GENTLE: readonly ConditionValue[] = [
  retryAmplification().atMost(1.1, "failed polls are tried again no faster than polls come"),
  herd().atMost(2, "one poll each, and perhaps a retry"),
  noMetastability(),
];

/** Data changed at the source while a fault only slows it: two exchanges may be slowed by it. */
export const slowed = (delay_ms: number): Bound =>
  freshAge().plus(fixed(ms(2 * delay_ms), "delay of two exchanges"));
