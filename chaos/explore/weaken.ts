/** Smaller timelines: without a fault, with simpler settings, shorter or weaker. */
import { kindOf, weakerValues } from "../vocabulary/mod.ts";
import { fromZero } from "./draw.ts";
import { type DrawnFault, type DrawnTimeline, problemOf } from "./timeline.ts";

/** Shortest fault that is still shortened, in milliseconds. */
const SHORTENED_MS_MIN = 800;
const STEP_MS = 100;

type Smaller = (timeline: DrawnTimeline) => Iterable<DrawnTimeline>;

function withFaults(timeline: DrawnTimeline, faults: readonly DrawnFault[]): DrawnTimeline {
  return { ...timeline, faults: fromZero(faults) };
}

function replaced(timeline: DrawnTimeline, i: number, change: Partial<DrawnFault>): DrawnTimeline {
  const { faults } = timeline;
  return withFaults(timeline, faults.with(i, { ...faults[i], ...change }));
}

function* withoutOneFault(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  const { faults } = timeline;
  if (faults.length === 1) return;
  for (const i of faults.keys()) yield withFaults(timeline, faults.toSpliced(i, 1));
}

function* withSimplerSettings(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  const { settings, cold_start } = timeline;
  if (settings.store !== "none" || settings.subjects > 1) {
    yield { ...timeline, settings: { subjects: 1, store: "none", front: "none" } };
  }
  if (settings.front !== "none") yield { ...timeline, settings: { ...settings, front: "none" } };
  if (cold_start) yield { ...timeline, cold_start: false };
}

/** Each fault half as long, with the same start or the same end. */
function* shorter(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  for (const [i, { for_ms, at_ms }] of timeline.faults.entries()) {
    if (for_ms < 2 * SHORTENED_MS_MIN) continue;
    const half_ms = Math.round(for_ms / 2 / STEP_MS) * STEP_MS;
    yield replaced(timeline, i, { for_ms: half_ms });
    yield replaced(timeline, i, { for_ms: half_ms, at_ms: at_ms + for_ms - half_ms });
  }
}

function* weaker(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  for (const [i, { kind, place, values }] of timeline.faults.entries()) {
    const { parameters, fit = (one) => one } = kindOf(kind);
    for (const [name, parameter] of Object.entries(parameters?.(place) ?? {})) {
      for (const value of weakerValues(parameter, values[name] ?? null)) {
        const { [name]: _, ...rest } = values;
        const changed = value === null ? rest : { ...rest, [name]: value };
        yield replaced(timeline, i, { values: fit(changed) });
      }
    }
  }
}

/** Legal timelines that are smaller, by what makes them so; the first pass drops most. */
export const SMALLER: readonly Smaller[] = [
  withoutOneFault,
  withSimplerSettings,
  shorter,
  weaker,
].map((all) =>
  function* (timeline) {
    for (const candidate of all(timeline)) if (problemOf(candidate) === null) yield candidate;
  }
);

/** The same in one pass, those that drop most first. */
export function* smallerTimelines(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  for (const pass of SMALLER) yield* pass(timeline);
}
