/** Smaller timelines: without a fault, with simpler settings, shorter, weaker. */
import { kindOf, weakerValue } from "../vocabulary/mod.ts";
import { fromZero } from "./draw.ts";
import { type DrawnFault, type DrawnTimeline, problemOf } from "./timeline.ts";

/** Shortest fault that is still shortened, in milliseconds. */
const SHORTENED_MS_MIN = 800;
const STEP_MS = 100;

/** Legal timelines that are smaller than this one, those that drop most first. */
export function* smallerTimelines(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  for (const candidate of all(timeline)) if (problemOf(candidate) === null) yield candidate;
}

function* all(timeline: DrawnTimeline): Generator<DrawnTimeline> {
  const { faults, settings } = timeline;
  const withFaults = (changed: readonly DrawnFault[]): DrawnTimeline => ({
    ...timeline,
    faults: fromZero(changed),
  });
  const replaced = (i: number, change: Partial<DrawnFault>) =>
    withFaults(faults.with(i, { ...faults[i], ...change }));
  if (faults.length > 1) {
    for (const i of faults.keys()) yield withFaults(faults.toSpliced(i, 1));
  }
  if (timeline.cold_start) yield { ...timeline, cold_start: false };
  if (settings.front !== "none") yield { ...timeline, settings: { ...settings, front: "none" } };
  if (settings.store !== "none" || settings.subjects > 1) {
    yield { ...timeline, settings: { subjects: 1, store: "none", front: "none" } };
  }
  for (const [i, { for_ms, at_ms }] of faults.entries()) {
    if (for_ms < 2 * SHORTENED_MS_MIN) continue;
    const half_ms = Math.round(for_ms / 2 / STEP_MS) * STEP_MS;
    yield replaced(i, { for_ms: half_ms });
    yield replaced(i, { for_ms: half_ms, at_ms: at_ms + for_ms - half_ms });
  }
  for (const [i, { kind, place, values }] of faults.entries()) {
    const { parameters, fit = (one) => one } = kindOf(kind);
    for (const [name, parameter] of Object.entries(parameters?.(place) ?? {})) {
      const weaker = weakerValue(parameter, values[name] ?? null);
      if (weaker === undefined) continue;
      const { [name]: _, ...rest } = values;
      const changed = weaker === null ? rest : { ...rest, [name]: weaker };
      yield replaced(i, { values: fit(changed) });
    }
  }
}
