/** Whether answers tell the age their data has. Pure. */
import { type Check, judge, wholeNumber } from "../../tools/verdict/mod.ts";
import { AGE_ERROR_MS_MAX, AGE_SAMPLES_MIN } from "./bounds.ts";

/** What one answer told, and when. Instants are epoch milliseconds. */
export interface AgeSample {
  asked_epoch_ms: number;
  answered_epoch_ms: number;
  snapshot_id: string;
  /** In the header and in the body; NaN where it is missing. */
  told_ms: readonly number[];
}

/** What was seen while a scene lasted. */
export interface AgeRecord {
  samples: readonly AgeSample[];
  /** The source's own time of each snapshot, by its id. */
  snapshots: ReadonlyMap<string, number>;
  /** Why the witness got no answer, a line each. */
  failures: readonly string[];
}

/** An answer's age as it was told, and the range in which the truth lies. */
export interface AgeCompared {
  told_ms: number;
  least_ms: number;
  most_ms: number;
  /** How far outside of the range; Infinity where no age was told. */
  error_ms: number;
}

/** Compares each age told; answers of snapshots the source never told of are left out. */
export function compareAges({ samples, snapshots }: AgeRecord): AgeCompared[] {
  return samples.flatMap(({ asked_epoch_ms, answered_epoch_ms, snapshot_id, told_ms }) => {
    const taken_epoch_ms = snapshots.get(snapshot_id);
    if (taken_epoch_ms === undefined) return [];
    const least_ms = Math.max(0, asked_epoch_ms - taken_epoch_ms);
    const most_ms = Math.max(0, answered_epoch_ms - taken_epoch_ms);
    return told_ms.map((told_ms) => ({
      told_ms,
      least_ms,
      most_ms,
      error_ms: Number.isNaN(told_ms)
        ? Infinity
        : Math.max(least_ms - told_ms, told_ms - most_ms, 0),
    }));
  });
}

/**
 * Judges what the witness saw. That an age is wrong, or its data unknown to the source, is so on a
 * busy machine too; that data is old may be the machine's doing, and `doubts` are about that.
 */
export function judgeAges(
  scene: string,
  record: AgeRecord,
  age_ms_max: number,
  doubts: readonly string[],
): Check[] {
  const compared = compareAges(record);
  const worst = compared.toSorted((a, b) => b.error_ms - a.error_ms).at(0);
  const answers =
    record.samples.filter((sample) => record.snapshots.has(sample.snapshot_id)).length;
  const too_few = answers < AGE_SAMPLES_MIN
    ? [`${answers} answers with an age seen, fewer than ${AGE_SAMPLES_MIN}`]
    : [];
  const claim = { figure: scene, relation: "≤" } as const;
  const wrong = worst !== undefined && worst.error_ms > AGE_ERROR_MS_MAX;
  return [
    judge({
      ...claim,
      name: `age told is the data's${wrong ? ` (${describe(worst)})` : ""}`,
      unit: "ms off",
      samples: worst === undefined ? [] : [finite(worst.error_ms)],
      bound: AGE_ERROR_MS_MAX,
      doubts: wrong ? [] : too_few,
    }),
    judge({
      ...claim,
      name: "age of the oldest data answered with",
      unit: "ms",
      samples: worst === undefined ? [] : [Math.max(...compared.map(({ least_ms }) => least_ms))],
      bound: age_ms_max,
      doubts: [...too_few, ...doubts],
      noise_only_hurts: too_few.length === 0,
    }),
    ...unknownSnapshots(scene, record),
    ...unanswered(scene, record, doubts),
  ];
}

/** Bounded, so that JSON can tell it. */
function finite(error_ms: number): number {
  return Math.min(error_ms, Number.MAX_SAFE_INTEGER);
}

function describe({ told_ms, least_ms }: AgeCompared): string {
  if (Number.isNaN(told_ms)) return "an answer told none";
  return `told ${wholeNumber(told_ms)} ms where it was ${wholeNumber(least_ms)} ms`;
}

function unknownSnapshots(scene: string, { samples, snapshots }: AgeRecord): Check[] {
  const unknown = samples.filter(({ snapshot_id }) => !snapshots.has(snapshot_id));
  if (unknown.length === 0) return [];
  return [judge({
    figure: scene,
    name: `answers from a snapshot the source never had ("${unknown[0].snapshot_id}")`,
    unit: "",
    samples: [unknown.length],
    relation: "≤",
    bound: 0,
  })];
}

function unanswered(scene: string, { failures }: AgeRecord, doubts: readonly string[]): Check[] {
  if (failures.length === 0) return [];
  return [judge({
    figure: scene,
    name: `witness without an answer (${failures[0]})`,
    unit: "",
    samples: [failures.length],
    relation: "≤",
    bound: 0,
    doubts,
  })];
}
