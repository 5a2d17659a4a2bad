/** Everything that was measured, with its prediction. */
import { areReplicas, type Condition, type Measure } from "../vocabulary/mod.ts";
import { nameOf } from "./decide.ts";
import type { MeasuredQuantity } from "./judgement.ts";
import { SLO } from "./limits.ts";
import { staleServedShare } from "./measures/ages.ts";
import { errorBudgetShare } from "./measures/errors.ts";
import { MEASURES } from "./measures/measures.ts";
import type { Run } from "./run.ts";
import { faultsOn, lengthOf, spansOf, underFault } from "./run_segments.ts";

/** Reported for every run, with or without a claim. */
const ALWAYS_REPORTED: readonly Measure[] = [
  "detect_ms",
  "recover_ms",
  "age_max_ms",
  "unlabelled_stale",
  "bad_data_accepted",
  "p95_ratio",
  "p99_ratio",
  "slow_share",
  "probe_error_share",
  "load_error_share",
  "retry_amplification",
  "herd_ratio",
  "metastable",
];

/** Reported for every run with replicas. */
const OF_REPLICAS: readonly Measure[] = [
  "pollers_ratio",
  "follower_polls",
  "skew_p99_ms",
  "skew_max_ms",
  "snapshots_backwards",
  "failover_ms",
  "first_data_ms",
];

/** In the order of reports: the plan's own conditions, then the other quantities. */
export function measuredQuantities(run: Run): MeasuredQuantity[] {
  const { conditions } = run.header.plan;
  const claimed = new Set(conditions.map(({ measure }) => measure));
  const of_replicas = areReplicas(run.header.plan.settings) ? OF_REPLICAS : [];
  return [
    ...conditions.map((condition) => ofCondition(run, condition)),
    ...[...of_replicas, ...ALWAYS_REPORTED].filter((measure) => !claimed.has(measure)).map((
      measure,
    ) => ofMeasure(run, measure)),
    ...otherQuantities(run),
  ];
}

function ofCondition(run: Run, condition: Condition): MeasuredQuantity {
  const { measure, when, bound, relation, unit, because } = condition;
  const { value } = MEASURES[measure].read(run, spansOf(run, when));
  const name = nameOf(condition);
  return { name, measure, measured: value, predicted: bound, relation, unit, because };
}

function ofMeasure(run: Run, measure: Measure): MeasuredQuantity {
  const { name, unit, read } = MEASURES[measure];
  const { value, note, doubt, noun } = read(run, spansOf(run, "always"));
  const because = value === null ? doubt ?? `no ${noun}` : note;
  return { name, measure, measured: value, predicted: null, relation: "≤", unit, because };
}

/** Quantities that no condition can name. */
function otherQuantities(run: Run): MeasuredQuantity[] {
  const span = underFault(run);
  const stale = staleServedShare(run, span === null ? [] : [span]);
  const quantity = (name: string, measured: number | null, unit: string, because: string) => ({
    name,
    measure: null,
    measured: measured === null || Number.isNaN(measured) ? null : measured,
    predicted: null,
    relation: "≤" as const,
    unit,
    because,
  });
  return [
    quantity("stale responses served under fault", stale.value, "%", stale.note),
    quantity(
      "30-day error budget used",
      errorBudgetShare(run),
      "%",
      `this run's failures, at an SLO of ${SLO * 100} %`,
    ),
    quantity("faults on for", lengthOf(faultsOn(run)), "ms", "according to the journal"),
  ];
}
