/** The load's own answers as responses to probes, each with how often it was given. */
import type { LoadAnswers, ProbeRecord } from "../../journal/mod.ts";
import { duration, instant } from "../format.ts";
import type { Span } from "../judgement.ts";
import { windowsWithin } from "../load_windows.ts";
import type { Run } from "../run.ts";
import type { Lie } from "./sightings.ts";
import { idsLie, type Truth } from "./truth.ts";

/** An answer of the load, as a response at the time of its last request. */
export interface LoadAnswer {
  readonly probe: ProbeRecord;
  readonly count: number;
}

/** Name of the load among the probes. */
const LOAD_PROBE = "load";

/** What the load's windows within the spans have of one snapshot, in order of time. */
export function loadGroups(run: Run, spans: readonly Span[]): LoadAnswers[] {
  return windowsWithin(run, spans).flatMap(({ answers = [] }) => answers);
}

/** The group as one response, whose age is the youngest that the group reports. */
export function groupProbe({ snapshot_id, sent_max_ms, taken_max_ms }: LoadAnswers): ProbeRecord {
  return {
    kind: "probe",
    probe: LOAD_PROBE,
    t_ms: sent_max_ms,
    status: 200,
    latency_ms: 0,
    age_ms: taken_max_ms === null ? null : sent_max_ms - taken_max_ms,
    snapshot_id,
    switch_id: null,
    metric: null,
    value: null,
    error: null,
  };
}

/** The distinct answers of a group. */
export function answersOf(run: Run, group: LoadAnswers): LoadAnswer[] {
  const cells = run.header.load_cells ?? [];
  const probe = groupProbe(group);
  return group.values.flatMap(([number, value, count]) => {
    const cell = cells[number];
    if (cell === undefined) return [];
    const at = cell.lastIndexOf(" ");
    const [switch_id, metric] = [cell.slice(0, at), cell.slice(at + 1)];
    return [{ probe: { ...probe, switch_id, metric, value }, count }];
  });
}

/**
 * Answers from an older snapshot, requested after a newer one had been answered. Not through a load
 * balancer, which may choose another replica for each request.
 */
export function loadBackwards(run: Run, spans: readonly Span[], truth: Truth): Lie[] {
  if (run.header.plan.settings.front !== "none" || idsLie(run)) return [];
  const groups = loadGroups(run, spans).flatMap((group) => {
    const source = group.snapshot_id === null ? null : truth.byId(group.snapshot_id);
    return source === null ? [] : [{ group, taken_ms: source.taken_ms }];
  });
  // The earliest response of each snapshot, the newest snapshot first.
  const firsts = [...Map.groupBy(groups, ({ taken_ms }) => taken_ms)]
    .map(([taken_ms, same]) => ({
      taken_ms,
      group: same.reduce((a, b) => b.group.first_ms < a.group.first_ms ? b : a).group,
    }));
  return groups.flatMap(({ group, taken_ms }): Lie[] => {
    const newer = firsts.find((one) =>
      one.taken_ms > taken_ms && one.group.first_ms < group.sent_max_ms
    );
    if (newer === undefined) return [];
    const { snapshot_id, first_ms } = newer.group;
    const text = `the newer snapshot ${snapshot_id} had been served at ${instant(first_ms)}, ` +
      `${duration(group.sent_max_ms - first_ms)} before its request`;
    return [{ probe: groupProbe(group), text }];
  });
}
