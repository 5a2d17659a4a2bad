/** Claims in numbers: what is measured, and its bound. */
import { type Bound, type BoundContext, type Duration, fixed, type Predicted } from "./bounds.ts";
import type { Condition, Measure } from "./plan.ts";

/** A condition whose bound is computed once the settings are known. */
export interface ConditionValue {
  readonly measure: Measure;
  make(when: Condition["when"], context: BoundContext): Condition;
}

function condition(
  measure: Measure,
  relation: Condition["relation"],
  unit: string,
  predict: (context: BoundContext) => Predicted,
): ConditionValue {
  return {
    measure,
    make(when, context) {
      const { value, because } = predict(context);
      return { when, measure, relation, bound: value, unit, because };
    },
  };
}

/** A measure in milliseconds. */
interface TimeMeasure {
  atMost(bound: Bound | Duration, why?: string): ConditionValue;
}

function time(measure: Measure): TimeMeasure {
  return {
    atMost(bound, why = "promised") {
      const value = typeof bound === "number" ? fixed(bound, why) : bound;
      return condition(measure, "≤", "ms", (context) => value.of(context));
    },
  };
}

/** A count, a share or a ratio. */
interface NumberMeasure {
  atMost(bound: number, why: string): ConditionValue;
}

function number(measure: Measure, unit: string): NumberMeasure {
  return {
    atMost: (bound, why) => condition(measure, "≤", unit, () => ({ value: bound, because: why })),
  };
}

function zero(measure: Measure, why: string): ConditionValue {
  return condition(measure, "=", "", () => ({ value: 0, because: why }));
}

// {@link Measure} defines each of these.
export const probeErrors = (): NumberMeasure => number("probe_error_share", "%");
export const loadErrors = (): NumberMeasure => number("load_error_share", "%");
export const p95 = (): TimeMeasure => time("p95_ms");
export const p95Ratio = (): NumberMeasure => number("p95_ratio", "×");
export const p99Ratio = (): NumberMeasure => number("p99_ratio", "×");
export const slowShare = (): NumberMeasure => number("slow_share", "%");
export const age = (): TimeMeasure => time("age_max_ms");
export const timeToDetect = (): TimeMeasure => time("detect_ms");
export const retryAmplification = (): NumberMeasure => number("retry_amplification", "×");
export const herd = (): NumberMeasure => number("herd_ratio", "×");
export const decoupling = (): NumberMeasure => number("decoupling_ratio", "×");
export const pollers = (): NumberMeasure => number("pollers_ratio", "×");
export const skew = (): TimeMeasure => time("skew_p99_ms");
export const failover = (): TimeMeasure => time("failover_ms");
export const firstData = (): TimeMeasure => time("first_data_ms");
export const socketsPerPoll = (): NumberMeasure => number("sockets_per_poll", "sockets");
export const memoryPerPoll = (): NumberMeasure => number("memory_mb_per_poll", "MB");
export const memoryPer1000 = (): NumberMeasure => number("memory_mb_per_1000", "MB");
export const block = (): TimeMeasure => time("block_ms");
export const pollRate = (): NumberMeasure => number("poll_rate_ratio", "×");

/** Every response from old data reports its age. */
export const noUnlabelledStale = (): ConditionValue =>
  zero("unlabelled_stale", "an old response always reports its age");
/** The source held every value served. */
export const noBadData = (): ConditionValue =>
  zero("bad_data_accepted", "every value served is one the source held");
/** A process that gets SIGTERM finishes the answers in progress. */
export const noCutAnswers = (): ConditionValue =>
  zero("cut_answers", "answers in progress are finished before the process ends");
/** Data is refused exactly while its switch is gone or it is too old, and with the reason. */
export const refusesRightly = (): ConditionValue =>
  zero("refusal_errors", "data is refused while its switch is gone or it is too old, never else");
/** No replica goes back to an older snapshot. */
export const noBackwards = (): ConditionValue =>
  zero("snapshots_backwards", "an older snapshot never replaces a newer one");
/** Replicas that follow leave the source alone. */
export const noFollowerPolls = (): ConditionValue =>
  zero("follower_polls", "only the leader polls");
/** A started process has data before it answers. */
export const noRefusalAfterStart = (): ConditionValue =>
  zero("refused_after_start", "the stored snapshot is served from the first response on");
/** The claim is true again once the faults are gone, without help. */
export const noMetastability = (): ConditionValue =>
  zero("metastable", "lifting the faults is enough");
/** Before the first snapshot every response is 503 with a reason. */
export const coldStartRefused = (): ConditionValue =>
  condition("cold_start_refused_share", "≥", "%", () => ({
    value: 1,
    because: "without a snapshot every response is 503 with a reason",
  }));
