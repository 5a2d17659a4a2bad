/** The replicas of a run in reports: their roles over time, elections, and skew. Pure. */
import { percentile } from "../../platform/mod.ts";
import {
  electionsOf,
  instant,
  quantity,
  type RoleSpan,
  type Run,
  skewsOf,
  spansOf,
} from "../judge/mod.ts";
import { areReplicas, subjectName } from "../vocabulary/mod.ts";
import { type Markup, markup } from "./markup.ts";
import type { Series } from "./series.ts";
import { columnOf, type Scale } from "./sparkline.ts";

/** A column of a terminal for each role; blank while the replica reports none. */
const ROLE_SIGNS: Readonly<Record<string, string>> = { leader: "L", follower: "f", alone: "a" };

export const ROLE_LEGEND = "roles: L leader, f follower, a alone";

/** Width of a column of the pollers, in ms: an active poller's counter grows in each. */
const POLLERS_COLUMN_MS = 1_000;

/** The roles of each replica that reported one. */
export function lanesOf(run: Run): { name: string; roles: RoleSpan[] }[] {
  const lanes = Map.groupBy(run.roles, ({ subject }) => subject);
  return [...lanes].toSorted(([a], [b]) => a - b)
    .map(([subject, roles]) => ({ name: subjectName(subject), roles }));
}

/** `LLLLL   ffff`: a lane on the scale of the sparklines. */
export function laneText(roles: readonly RoleSpan[], scale: Scale): string {
  const signs: string[] = Array(scale.columns).fill(" ");
  for (const { role, from_ms, to_ms } of roles) {
    if (to_ms < scale.from_ms || from_ms > scale.to_ms) continue;
    const first = columnOf(Math.max(from_ms, scale.from_ms), scale) ?? 0;
    const last = columnOf(Math.min(to_ms, scale.to_ms), scale) ?? scale.columns - 1;
    signs.fill(ROLE_SIGNS[role] ?? "?", first, last + 1);
  }
  return signs.join("");
}

/** What `verdict.json` has of the replicas; null for a run without. */
export function replicasResult(run: Run | null) {
  if (run === null || !areReplicas(run.header.plan.settings)) return null;
  return {
    elections: electionsOf(run.roles).map(({ t_ms, subject, fence }) => ({
      t_ms,
      replica: subjectName(subject),
      fence,
    })),
    roles: run.roles.map(({ subject, role, fence, from_ms, to_ms }) => ({
      replica: subjectName(subject),
      role,
      fence,
      from_ms,
      to_ms,
    })),
    skew_ms: skewSummary(run),
  };
}

function skewSummary(run: Run) {
  const skews = skewsOf(run, spansOf(run, "always")).map(({ skew_ms }) => skew_ms)
    .toSorted((a, b) => a - b);
  if (skews.length === 0) return null;
  const at = (p: number) => Math.round(percentile(skews, p) * 10) / 10;
  return { count: skews.length, p50: at(50), p99: at(99), max: at(100) };
}

/** Elections and skew in words; nothing for a run without replicas. */
export function replicaSection(run: Run): Markup | null {
  const result = replicasResult(run);
  if (result === null) return null;
  const { elections, skew_ms } = result;
  return markup`<h2>Replicas</h2>
<ul>
<li>${
    elections.length === 0
      ? "No replica reported that it leads."
      : `Leaders, as the replicas reported them: ${
        elections.map(({ t_ms, replica, fence }) =>
          `${replica} from ${instant(t_ms)}${fence === null ? "" : ` (fencing number ${fence})`}`
        ).join(", ")
      }.`
  }</li>
<li>${
    skew_ms === null
      ? "No snapshot was seen on two replicas."
      : `Skew over the whole run: p50 ${quantity(skew_ms.p50, "ms")}, p99 ${
        quantity(skew_ms.p99, "ms")
      }, at most ${quantity(skew_ms.max, "ms")}, of ${skew_ms.count} arrivals.`
  }</li>
</ul>`;
}

/** How many replicas poll, and how late each gets a snapshot; none for a run without replicas. */
export function replicaSeries(run: Run): Omit<Series, "bounds">[] {
  if (!areReplicas(run.header.plan.settings)) return [];
  const skews = skewsOf(run, spansOf(run, "always")).toSorted((a, b) =>
    a.probe.t_ms - b.probe.t_ms
  );
  return [
    { name: "pollers", title: "Replicas that poll", unit: "", stepped: true, points: pollers(run) },
    {
      name: "skew",
      title: "Skew of each snapshot on each replica but the first",
      unit: "ms",
      stepped: false,
      points: skews.map(({ probe, skew_ms }) => ({ t_ms: probe.t_ms, value: skew_ms })),
    },
  ];
}

/** Replicas whose count of polls grew, by column. */
function pollers(run: Run) {
  const columns = new Map<number, Set<number>>();
  const before = new Map<number, number>();
  for (const { t_ms, subject, polls } of run.stats) {
    if (polls === null) continue;
    const column = Math.floor(t_ms / POLLERS_COLUMN_MS) * POLLERS_COLUMN_MS;
    const active = columns.getOrInsertComputed(column, () => new Set());
    const last = before.get(subject) ?? 0;
    if (polls > (polls < last ? 0 : last)) active.add(subject); // a restarted one counts from 0
    before.set(subject, polls);
  }
  return [...columns].map(([t_ms, { size }]) => ({ t_ms, value: size }));
}
