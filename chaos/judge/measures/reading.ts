/** What a measure reads from a journal. */
import type { Decision } from "../judgement.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";
import type { Interval } from "../bootstrap.ts";
import { NOT_COMPARED_SHARE_MAX } from "../limits.ts";
import { counted } from "../quantity.ts";

/** A value and what it rests on. */
export interface Reading {
  /** null where there is nothing to measure. */
  value: number | null;
  samples: number;
  /** Fewer samples say nothing … */
  samples_min: number;
  /** … of these: `probe`, `window of the load`. */
  noun: string;
  /** The sample the value comes from. */
  at: Decision | null;
  /** Where the true value lies, for what is measured with noise. */
  interval: Interval | null;
  /** Why there is no value, or none to rely on. */
  doubt: string | null;
  /** More about the value: `12 of 840 answers`. */
  note: string;
}

/** A measure, over the spans its condition is about. */
export type ReadMeasure = (run: Run, spans: readonly Span[]) => Reading;

/** Why what was compared does not speak for all answers; null where it does. */
export function notCompared(count: number, compared: number): string | null {
  const all = count + compared;
  if (count <= NOT_COMPARED_SHARE_MAX * all) return null;
  return `${count} of ${counted(all, "answer")} could not be compared with what the source said`;
}

/** A reading with what differs from an empty one. */
export function reading(given: Partial<Reading>): Reading {
  return {
    value: null,
    samples: 0,
    samples_min: 1,
    noun: "sample",
    at: null,
    interval: null,
    doubt: null,
    note: "",
    ...given,
  };
}
