/** A plan as text. */
import { durationText, QUICK_RULE, type ScenarioPlan } from "../vocabulary/mod.ts";

/** Timeline, bounds and settings: the output of `plan NAME`. */
export function planText(plan: ScenarioPlan): string {
  const { settings, baseline_ms, recover } = plan;
  const faults_end_ms = Math.max(...plan.faults.map(({ at_ms, for_ms }) => at_ms + for_ms));
  const events = plan.faults.flatMap(({ at_ms, for_ms, fault }) => [
    { t_ms: baseline_ms + at_ms, text: `${fault.text}, for ${durationText(for_ms)}` },
    { t_ms: baseline_ms + at_ms + for_ms, text: fault.inverse },
  ]).toSorted((a, b) => a.t_ms - b.t_ms);
  const start = plan.cold_start ? "source and proxies only" : "baseline, to compare with later";
  const end = `recovered within ${durationText(recover.within_ms)}: ` +
    `${recover.stable} good probes in a row`;
  const timeline = [
    { t_ms: 0, text: start },
    ...events,
    { t_ms: baseline_ms + faults_end_ms, text: end },
  ];
  const of = (name: "poll" | "poll_timeout" | "backoff_max" | "data_interval" | "lease") =>
    durationText(settings[`${name}_ms`]);
  const load = Object.entries(plan.load.env).map(([name, value]) => `${name}=${value}`);
  return [
    `${plan.name}${plan.quick ? " (quick)" : ""}`,
    `  asks    ${plan.question}`,
    `  claims  ${plan.claim}`,
    "",
    "  timeline",
    ...timeline.map(({ t_ms, text }) => `    ${durationText(t_ms).padStart(8)}  ${text}`),
    "",
    "  conditions",
    ...plan.conditions.map(({ when, measure, relation, bound, unit, because }) =>
      `    ${when.padEnd(9)}  ${measure} ${relation} ${boundText(bound, unit)}  (${because})`
    ),
    "",
    `  settings  poll ${of("poll")}, timeout ${of("poll_timeout")}, ` +
    `longest backoff ${of("backoff_max")}, data every ${of("data_interval")}, ` +
    `${settings.switches} switches, ${settings.subjects} ` +
    `subject${settings.subjects === 1 ? "" : "s"}` +
    (settings.store === "none" ? "" : `, store ${settings.store}, lease ${of("lease")}`) +
    (settings.front === "none" ? "" : `, front ${settings.front}`),
    `  load      ${plan.load.profile} ${load.join(" ")}`,
    ...(plan.quick ? [`  ${QUICK_RULE}`] : []),
    "",
  ].join("\n");
}

function boundText(bound: number, unit: string): string {
  if (unit === "ms") return durationText(bound);
  if (unit === "%") return `${Math.round(bound * 1000) / 10} %`;
  return unit === "" ? String(bound) : `${bound} ${unit}`;
}
