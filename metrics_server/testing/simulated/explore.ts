/** Runs timeline after timeline until one breaks an invariant, or until there is no time left. */
import { nameOf } from "../../../chaos/mod.ts";
import type { Violation } from "./observer.ts";
import type { Plant } from "./planted.ts";
import { shrink } from "./shrink.ts";
import { drawTimeline, type Timeline } from "./timeline.ts";
import { simulate } from "./world.ts";

/** A timeline that broke an invariant, and the smallest one found that breaks it, too. */
export interface Broken {
  readonly timeline: Timeline;
  readonly violation: Violation;
  readonly shrunk: Timeline;
  /** Runs that shrinking took. */
  readonly runs: number;
}

export interface Tally {
  timelines: number;
  events: number;
  polls: number;
  reads: number;
  /** Pairs of kinds of faults that were in one timeline. */
  readonly pairs: Set<string>;
  broken: Broken | null;
}

interface ExploreOptions {
  readonly first_seed: number;
  /** Whether to run another timeline after `timelines`. */
  goesOn(timelines: number): boolean;
  readonly plant?: Plant;
}

export async function explore({ first_seed, goesOn, plant }: ExploreOptions): Promise<Tally> {
  const tally: Tally = {
    timelines: 0,
    events: 0,
    polls: 0,
    reads: 0,
    pairs: new Set(),
    broken: null,
  };
  while (tally.broken === null && goesOn(tally.timelines)) {
    const timeline = drawTimeline(first_seed + tally.timelines++);
    // Without both faults, the planted defect does nothing.
    if (plant !== undefined && !hasBoth(timeline, plant)) continue;
    const { violations, lines, polls, reads } = await simulate(timeline, plant);
    tally.events += lines.length;
    tally.polls += polls;
    tally.reads += reads;
    for (const pair of pairsOf(timeline)) tally.pairs.add(pair);
    const violation = violations.find(({ invariant }) =>
      plant === undefined || invariant === plant.breaks
    );
    if (violation === undefined) continue;
    const { value: shrunk, runs } = await shrink(
      timeline,
      violation.invariant,
      (candidate) => simulate(candidate, plant),
    );
    tally.broken = { timeline, violation, shrunk, runs };
  }
  return tally;
}

/** Whether a timeline has two faults that the planted defect needs. */
export function hasBoth({ faults }: Timeline, { needs: [a, b] }: Plant): boolean {
  const names = faults.map(nameOf);
  return names.some((one) => a.test(one) && names.some((other) => other !== one && b.test(other)));
}

function* pairsOf({ faults }: Timeline): Generator<string> {
  const names = faults.map(nameOf).sort();
  for (const [i, a] of names.entries()) for (const b of names.slice(i + 1)) yield `${a} + ${b}`;
}
