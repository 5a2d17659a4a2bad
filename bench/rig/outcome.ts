/** What a figure's measurement leaves for the report. */
import type { Check } from "../../tools/verdict/mod.ts";
import type { Round } from "./rounds.ts";

/** Rounds of one server under one load. */
export interface ArmOutcome {
  label: string;
  rounds: readonly Round[];
}

/** Rounds and what was concluded from them. */
export interface Outcome {
  arms: ArmOutcome[];
  checks: Check[];
  /** Facts worth a line. */
  notes: string[];
}

/** Joins outcomes in their order. */
export function joined(outcomes: readonly Outcome[]): Outcome {
  return {
    arms: outcomes.flatMap(({ arms }) => arms),
    checks: outcomes.flatMap(({ checks }) => checks),
    notes: outcomes.flatMap(({ notes }) => notes),
  };
}
