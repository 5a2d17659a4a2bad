/** Makes a broken timeline small while it breaks the same invariant. */
import { type DrawnFault, fromZero, weakerValues } from "../../../chaos/mod.ts";
import { shrink as shrinkAny, type Shrunk } from "../../../tools/verdict/mod.ts";
import { parametersOf } from "./faults.ts";
import type { Invariant } from "./observer.ts";
import { stepped, type Timeline } from "./timeline.ts";
import type { Run } from "./world.ts";

/** Most runs that one shrinking takes. */
const RUNS_MAX = 400;

const SHORT_MS = 100;

/** Seeds that are tried without a fault, and their distance. */
const SEEDS = 4, SEED_STEP = 1e6;

/** @param simulate Runs a timeline. */
export function shrink(
  timeline: Timeline,
  invariant: Invariant,
  simulate: (timeline: Timeline) => Promise<Run>,
): Promise<Shrunk<Timeline>> {
  return shrinkAny(timeline, {
    candidates: smaller,
    runs_max: RUNS_MAX,
    async isBroken(candidate) {
      const { violations } = await simulate(candidate);
      return violations.some((one) => one.invariant === invariant);
    },
  });
}

/** Timelines that are smaller than this one, those that drop most first. */
function* smaller(timeline: Timeline): Generator<Timeline> {
  const { faults, settings } = timeline;
  // All others stay where they are between the polls.
  const withFaults = (changed: readonly DrawnFault[]) => ({
    ...timeline,
    baseline_ms: timeline.baseline_ms + Math.min(...changed.map(({ at_ms }) => at_ms)),
    faults: fromZero(changed),
  });
  if (faults.length > 1) {
    for (const i of faults.keys()) {
      const fewer = withFaults(faults.toSpliced(i, 1));
      // A fault may only have shifted the others' random numbers.
      for (let n = 0; n < SEEDS; n++) yield { ...fewer, seed: timeline.seed + n * SEED_STEP };
    }
  }
  const { subjects, framing } = settings;
  if (subjects > 2) yield { ...timeline, settings: { ...settings, subjects: subjects - 1 } };
  if (framing !== "length") yield { ...timeline, settings: { ...settings, framing: "length" } };
  for (const [i, fault] of faults.entries()) {
    const { for_ms, at_ms } = fault;
    const half_ms = stepped(for_ms / 2);
    if (for_ms < SHORT_MS || half_ms >= for_ms) continue;
    yield withFaults(faults.with(i, { ...fault, for_ms: half_ms }));
    yield withFaults(
      faults.with(i, { ...fault, for_ms: half_ms, at_ms: at_ms + for_ms - half_ms }),
    );
  }
  for (const [i, fault] of faults.entries()) {
    const { kind, place, values } = fault;
    for (const [name, parameter] of Object.entries(parametersOf(kind, place))) {
      const { [name]: _, ...rest } = values;
      for (const weaker of weakerValues(parameter, values[name] ?? null)) {
        const changed = weaker === null ? rest : { ...rest, [name]: weaker };
        yield withFaults(faults.with(i, { ...fault, values: changed }));
      }
    }
  }
}
