/** Promises that most scenarios share. */
import {
  age,
  at,
  baseline,
  block,
  type Bound,
  type ConditionValue,
  dataInterval,
  type FaultFor,
  faultLength,
  fetchTime,
  fixed,
  herd,
  loadErrors,
  longestBackoff,
  memoryPer1000,
  memoryPerPoll,
  ms,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  p95,
  p95Ratio,
  p99Ratio,
  pollInterval,
  pollRate,
  pollTimeout,
  probeErrors,
  recover,
  retryAmplification,
  s,
  samplingTime,
  type Scenario,
  scenario,
  type ScenarioSpec,
  slowShare,
  socketsPerPoll,
} from "../vocabulary/mod.ts";

/** A baseline of 10 s, the faults one after the other, and a recovery within the bound. */
export function timelineOf(
  within: Bound,
  ...faults: readonly FaultFor[]
): ScenarioSpec["timeline"] {
  let end_ms = s(10) as number;
  const steps = faults.map((fault) => {
    const start_ms = end_ms;
    end_ms += fault.for_ms;
    return at(ms(start_ms), fault);
  });
  return [at(s(0), baseline(s(10))), ...steps, at(ms(end_ms), recover({ within, stable: 3 }))];
}

/** Every request is answered. */
export const ANSWERED: readonly ConditionValue[] = [
  loadErrors().atMost(0, "clients do not depend on the source"),
  probeErrors().atMost(0, "clients do not depend on the source"),
];
export const TRUE: readonly ConditionValue[] = [noUnlabelledStale(), noBadData()];

/** Every request is answered, and every response is true. */
export const ANSWERS_RIGHT: readonly ConditionValue[] = [...ANSWERED, ...TRUE];

/**
 * Responses are fast, and no share of them is slow for the subject's own reasons: a slow response
 * in 30 changes no p95. Healthy runs beside 20 other processes had p99s of 0.5 to 1.8 times the
 * control's, and up to 1.2 points more slow responses.
 */
export const FAST: readonly ConditionValue[] = [
  p95().atMost(ms(7)),
  p99Ratio().atMost(3, "a bare server's p99 in the same seconds"),
  slowShare().atMost(0.015, "over 7 ms, and the bare server's were not"),
];

/** Every request is answered fast, and every response is true. */
export const SERVES_ON: readonly ConditionValue[] = [...ANSWERED, ...FAST, ...TRUE];

/** Age without faults: a snapshot is at most this old before the next one is served. */
export const freshAge = (): Bound => dataInterval().plus(pollInterval(), fetchTime());

/** Data is fresh. */
export const FRESH: readonly ConditionValue[] = [age().atMost(freshAge())];

/** Latency under fault compared to the same run's baseline, both relative to the control. */
export const AS_FAST_AS_BEFORE: ConditionValue = p95Ratio().atMost(
  1.5,
  "faults at the source do not slow clients",
);

/** Data stays fresh and responses fast while a fault changes what the source sends. */
export const UNAFFECTED: readonly ConditionValue[] = [AS_FAST_AS_BEFORE, ...FRESH];

/**
 * Age if every poll fails during the faults: the snapshot may be as old as {@link freshAge} when
 * they start, and the first successful poll comes a backoff after they end.
 */
export const outageAge = (): Bound => faultLength().plus(freshAge(), longestBackoff());

/** What holds while the source delivers no usable data. */
export const SURVIVES: readonly ConditionValue[] = [AS_FAST_AS_BEFORE, age().atMost(outageAge())];

/** The same if a poll may also wait for its timeout. */
export const SURVIVES_HANGING: readonly ConditionValue[] = [
  AS_FAST_AS_BEFORE,
  age().atMost(outageAge().plus(pollTimeout())),
];

/** The next poll notices a refused connection or a bad response. */
export const nextPoll = (): Bound => pollInterval().plus(fetchTime());
/** The timeout of the next poll notices a missing response. */
export const nextTimeout = (): Bound => pollInterval().plus(pollTimeout(), fetchTime());

/** Recovered after the longest backoff, and seen by the next probe. */
export const nextRetry = (): Bound => longestBackoff().plus(fetchTime(), samplingTime());
/** The same if a poll hangs when the fault is lifted. */
export const nextRetryAfterHang = (): Bound =>
  longestBackoff().plus(pollTimeout(), fetchTime(), samplingTime());

/** A failing source gets no more requests than a healthy one, and no burst when it returns. */
export const GENTLE: readonly ConditionValue[] = [
  retryAmplification().atMost(1.1, "retries average at most the poll rate"),
  herd().atMost(2, "one poll each, and perhaps a retry"),
  noMetastability(),
];

/** Polls come at their rate without faults, and the event loop is never blocked for long. */
export const PACED: readonly ConditionValue[] = [
  pollRate().atMost(1.1, "one poll each poll interval"),
  block().atMost(ms(25), "work on the serving thread takes at most"),
];

/** Memory does not grow. */
export const MEMORY_STEADY: readonly ConditionValue[] = [
  memoryPerPoll().atMost(0.5, "a poll leaves nothing behind"),
  memoryPer1000().atMost(2, "a response leaves nothing behind"),
];

/** Sockets do not grow. */
export const SOCKETS_STEADY: ConditionValue = socketsPerPoll().atMost(
  0.1,
  "a poll closes its socket or uses it again",
);

/** What every subject keeps in every scenario; in a cold start, its heap still grows. */
const alwaysKept = (cold_start: boolean): readonly ConditionValue[] => [
  ...PACED,
  ...(cold_start ? [] : [...MEMORY_STEADY, SOCKETS_STEADY]),
];

/** Age while a fault delays each exchange with the source: up to two exchanges may be delayed. */
export const slowed = (delay_ms: number): Bound =>
  freshAge().plus(fixed(ms(2 * delay_ms), "delay of two exchanges"));

/** Only the age grows, by the delay of the exchanges. */
export const delayedBy = (delay_ms: number): readonly ConditionValue[] => [
  AS_FAST_AS_BEFORE,
  age().atMost(slowed(delay_ms)),
];

/** After a clock jumped back, the subject rejects three snapshots before it accepts the fourth. */
export const threeSnapshots = (): Bound => dataInterval().plus(dataInterval(), dataInterval());

/** A scenario with the usual promises, unless it states others for the same measures. */
export function standardScenario(
  name: string,
  { always = SERVES_ON, unfaulted = FRESH, faulted, predicts = GENTLE, ...spec }:
    & Omit<ScenarioSpec, "steady">
    & ScenarioSpec["steady"],
): Scenario {
  return scenario(name, {
    ...spec,
    steady: { always, unfaulted, faulted },
    predicts: [
      ...predicts,
      ...alwaysKept(spec.cold_start === true).filter(({ measure }) =>
        !predicts.some((one) => one.measure === measure)
      ),
    ],
  });
}
