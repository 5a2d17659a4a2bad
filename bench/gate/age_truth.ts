/** Whether reported ages are true and data is fresh. Pure. */
import { type Check, judge, wholeNumber } from "../../tools/verdict/mod.ts";

/** Error of a reported age, in milliseconds: all processes share one clock. */
const AGE_ERROR_MS_MAX = 50;
/** Responses with an age that a verdict needs. */
const AGE_SAMPLES_MIN = 20;

/** One response of GetMetric. Times are epoch milliseconds. */
export interface AgeSample {
  sent_epoch_ms: number;
  received_epoch_ms: number;
  snapshot_id: string;
  /** Ages in the header and in the body; NaN if missing. */
  reported_ms: readonly number[];
}

export interface AgeRecord {
  samples: readonly AgeSample[];
  /** The source's own time of each snapshot, by id. */
  snapshots: ReadonlyMap<string, number>;
  failures: readonly string[];
  /** Statuses other than 200. */
  refusals: readonly string[];
}

/** A reported age and the range of the true age: from sending the request to its response. */
interface AgeCompared {
  reported_ms: number;
  age_ms_min: number;
  /** Distance from the range; Infinity if no age was reported. */
  error_ms: number;
}

/** Compares each reported age; omits snapshots that the source does not know. */
function compareAges({ samples, snapshots }: AgeRecord): AgeCompared[] {
  return samples.flatMap(({ sent_epoch_ms, received_epoch_ms, snapshot_id, reported_ms }) => {
    const taken_epoch_ms = snapshots.get(snapshot_id);
    if (taken_epoch_ms === undefined) return [];
    const age_ms_min = Math.max(0, sent_epoch_ms - taken_epoch_ms);
    const age_ms_max = Math.max(0, received_epoch_ms - taken_epoch_ms);
    return reported_ms.map((reported_ms) => ({
      reported_ms,
      age_ms_min,
      error_ms: Number.isNaN(reported_ms)
        ? Infinity
        : Math.max(age_ms_min - reported_ms, reported_ms - age_ms_max, 0),
    }));
  });
}

/**
 * Judges the ages. `doubts` apply only to data age and missing responses; a wrong age, an unknown
 * snapshot or another status than 200 fails even on a busy machine.
 */
export function judgeAges(
  scene: string,
  record: AgeRecord,
  age_ms_max: number,
  doubts: readonly string[],
): Check[] {
  const { samples, snapshots, failures, refusals } = record;
  const compared = compareAges(record);
  const worst = compared.toSorted((a, b) => b.error_ms - a.error_ms).at(0);
  const known = samples.filter(({ snapshot_id }) => snapshots.has(snapshot_id));
  const unknown = samples.filter(({ snapshot_id }) => !snapshots.has(snapshot_id));
  const too_few = known.length < AGE_SAMPLES_MIN
    ? [`${known.length} responses with an age, fewer than ${AGE_SAMPLES_MIN}`]
    : [];
  const wrong = worst !== undefined && worst.error_ms > AGE_ERROR_MS_MAX;
  const claim = { figure: scene, relation: "≤" } as const;
  const count = (name: string, items: readonly unknown[], doubts: readonly string[]) =>
    items.length === 0
      ? []
      : [judge({ ...claim, name, unit: "", samples: [items.length], bound: 0, doubts })];
  return [
    judge({
      ...claim,
      name: `reported age is true${wrong ? ` (${describe(worst)})` : ""}`,
      unit: "ms off",
      // JSON has no Infinity.
      samples: worst === undefined ? [] : [Math.min(worst.error_ms, Number.MAX_SAFE_INTEGER)],
      bound: AGE_ERROR_MS_MAX,
      doubts: wrong ? [] : too_few,
    }),
    judge({
      ...claim,
      name: "age of the oldest data served",
      unit: "ms",
      samples: worst === undefined
        ? []
        : [Math.max(...compared.map(({ age_ms_min }) => age_ms_min))],
      bound: age_ms_max,
      doubts: [...too_few, ...doubts],
      noise_only_hurts: too_few.length === 0,
    }),
    ...count(
      `responses from a snapshot the source never had ("${unknown[0]?.snapshot_id}")`,
      unknown,
      [],
    ),
    ...count(`responses without data (${refusals[0]})`, refusals, []),
    ...count(`requests without a response (${failures[0]})`, failures, doubts),
  ];
}

function describe({ reported_ms, age_ms_min }: AgeCompared): string {
  if (Number.isNaN(reported_ms)) return "an age is missing";
  return `reported ${wholeNumber(reported_ms)} ms, true age ${wholeNumber(age_ms_min)} ms`;
}
