/** What a claim comes down to: something measured, and its bound. */
import type { Duration } from "./duration.ts";
import { type Bound, type BoundContext, fixed, type Predicted } from "./predicted.ts";
import type { Condition, Measure } from "./plan.ts";

/** A condition whose bound is worked out once the settings are known. */
export interface ConditionValue {
  make(when: Condition["when"], context: BoundContext): Condition;
}

function condition(
  measure: Measure,
  relation: Condition["relation"],
  unit: string,
  predict: (context: BoundContext) => Predicted,
): ConditionValue {
  return {
    make(when, context) {
      const { value, because } = predict(context);
      return { when, measure, relation, bound: value, unit, because };
    },
  };
}

/** Something measured in milliseconds. */
export interface TimeMeasure {
  atMost(bound: Bound | Duration, why?: string): ConditionValue;
}

function time(measure: Measure, why_default: string): TimeMeasure {
  return {
    atMost(bound, why = why_default) {
      const value = typeof bound === "number" ? fixed(bound, why) : bound;
      return condition(measure, "≤", "ms", (context) => value.of(context));
    },
  };
}

/** Something that is counted, or a ratio. */
export interface NumberMeasure {
  atMost(bound: number, why: string): ConditionValue;
}

function number(measure: Measure, unit: string): NumberMeasure {
  return {
    atMost: (bound, why) => condition(measure, "≤", unit, () => ({ value: bound, because: why })),
  };
}

function none(measure: Measure, why: string): ConditionValue {
  return condition(measure, "=", "", () => ({ value: 0, because: why }));
}

/** Share of the probes' answers that were not what was asked for. */
export const probeErrors = (): NumberMeasure => number("probe_error_share", "%");
/** Share of the load's requests that failed. */
export const loadErrors = (): NumberMeasure => number("load_error_share", "%");
/** p95 of the load's requests. */
export const p95 = (): TimeMeasure => time("p95_ms", "promised");
/** p95 under fault over that of the baseline. */
export const p95Ratio = (): NumberMeasure => number("p95_ratio", "×");
/** Largest age told. */
export const age = (): TimeMeasure => time("age_max_ms", "promised");
/** Fault on → first failed poll. */
export const timeToDetect = (): TimeMeasure => time("detect_ms", "promised");
/** Attempts at the source under fault over those without. */
export const retryAmplification = (): NumberMeasure => number("retry_amplification", "×");
/** Requests at the source right after the lift over the steady count. */
export const herd = (): NumberMeasure => number("herd_ratio", "×");
/** Polls a second at the larger load over those at the smaller. */
export const decoupling = (): NumberMeasure => number("decoupling_ratio", "×");
/** Sockets of the subject after the run, over before: how many more. */
export const socketGrowth = (): NumberMeasure => number("socket_growth", "sockets");
/** Memory of the subject after over before. */
export const memoryGrowth = (): NumberMeasure => number("memory_growth_ratio", "×");

/** Answers from old data always say so. */
export const noUnlabelledStale = (): ConditionValue =>
  none("unlabelled_stale", "an old answer always tells its age");
/** No value is served that the source never held. */
export const noBadData = (): ConditionValue =>
  none("bad_data_accepted", "no value the source never held is served");
/** The claim is true again by itself once the faults are gone. */
export const noMetastability = (): ConditionValue =>
  none("metastable", "lifting the faults is enough");
/** Before the first snapshot every answer is 503 with a reason. */
export const coldStartRefused = (): ConditionValue =>
  condition("cold_start_refused_share", "≥", "%", () => ({
    value: 1,
    because: "without a snapshot there is nothing but 503 with a reason",
  }));
