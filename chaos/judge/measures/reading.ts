/** The result of a measure. */
import type { Interval } from "../bootstrap.ts";
import { counted } from "../format.ts";
import type { Decision, Span } from "../judgement.ts";
import { NOT_COMPARED_SHARE_MAX } from "../limits.ts";
import type { Run } from "../run.ts";

export interface Reading {
  /** null if there was no data. */
  value: number | null;
  samples: number;
  /** Fewer samples than this are inconclusive. */
  samples_min: number;
  /** What is counted as a sample: `probe`, `load window`. */
  noun: string;
  /** The sample that gives the value. */
  at: Decision | null;
  /** Range of the true value, for measures with noise. */
  interval: Interval | null;
  /** Why there is no value, or no reliable one. */
  doubt: string | null;
  /** Detail about the value: `12 of 840 responses`. */
  note: string;
}

/** A measure, over the spans of its condition. */
export type ReadMeasure = (run: Run, spans: readonly Span[]) => Reading;

/** Why the compared responses do not represent all of them; null if they do. */
export function notCompared(count: number, compared: number): string | null {
  const all = count + compared;
  if (count <= NOT_COMPARED_SHARE_MAX * all) return null;
  return `${count} of ${counted(all, "response")} could not be compared with the source`;
}

/** A reading with defaults for the fields that are not given. */
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
