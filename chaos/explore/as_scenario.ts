/** A timeline as a scenario: to run it, and as TypeScript to keep it. */
import { DRAWN_BASELINE, drawnScenario } from "../scenarios/mod.ts";
import {
  argumentsOf,
  at,
  effectsOf,
  fullLength,
  kindOf,
  makeFault,
  ms,
  type Scenario,
  SETTINGS_DEFAULT,
} from "../vocabulary/mod.ts";
import { type DrawnFault, type DrawnTimeline, settingsOf, spanOf } from "./timeline.ts";

/** A drawn timeline has the times of a short version; the full one is longer. */
function fullFaults(timeline: DrawnTimeline): DrawnFault[] {
  const span_ms = spanOf(timeline);
  const factor = fullLength(span_ms) / span_ms;
  const scaled = (time_ms: number) => Math.round(time_ms * factor);
  return timeline.faults.map((fault) => ({
    ...fault,
    at_ms: DRAWN_BASELINE + scaled(fault.at_ms),
    for_ms: scaled(fault.at_ms + fault.for_ms) - scaled(fault.at_ms),
  }));
}

const questionOf = ({ faults }: DrawnTimeline) =>
  `What do clients see under ${faults.map(wordsOf).join(", then ")}?`;
const CLAIM = "Every promise that no fault of the timeline excuses is kept";

/** Differences from the default settings. */
function changedSettings(timeline: DrawnTimeline) {
  const all = Object.entries(settingsOf(timeline)).filter(([name, value]) =>
    JSON.stringify(value) !==
      JSON.stringify(SETTINGS_DEFAULT[name as keyof typeof SETTINGS_DEFAULT])
  );
  return Object.fromEntries(all);
}

export function scenarioOf(timeline: DrawnTimeline): Scenario {
  return drawnScenario(`drawn-${timeline.seed}`, {
    question: questionOf(timeline),
    claim: CLAIM,
    settings: changedSettings(timeline),
    cold_start: timeline.cold_start,
    faults: fullFaults(timeline).map(({ kind, place, values, at_ms, for_ms }) =>
      at(ms(at_ms), makeFault(kind, place, values).for(ms(for_ms)))
    ),
  });
}

/** What led to a scenario: `broken in 3 of 5 runs: failed probes: …`. */
export interface Reason {
  readonly text: string;
  /** Path of the project's chaos folder from the file: `../../../chaos`. */
  readonly chaos: string;
}

/** A module with this scenario alone, ready for chaos/scenarios. */
export function scenarioText(timeline: DrawnTimeline, { text, chaos }: Reason): string {
  const words = new Set(timeline.faults.map(({ kind }) => kindOf(kind).word.name));
  const names = [...words, "at", "drawnScenario", "ms"].toSorted();
  const excused = timeline.faults.flatMap(({ kind, place, values }) =>
    Object.entries(effectsOf(makeFault(kind, place, values)).excuses)
      .map(([promise, why]) => ` * Excused: ${promise}, because ${why}.`)
  );
  const settings = Object.entries(changedSettings(timeline))
    .map(([name, value]) => `      ${name}: ${literal(value)},`);
  return [
    "/**",
    ` * Drawn by \`deno task chaos explore --seed ${timeline.seed}\`.`,
    ...text.split("\n").map((line) => ` * ${line.replaceAll("*/", "* /")}`),
    ...new Set(excused),
    " *",
    ' * In chaos/scenarios, import from "../vocabulary/mod.ts" and "./drawn.ts".',
    " */",
    `import { ${names.join(", ")} } from "${chaos}/mod.ts";`,
    "",
    "export const DRAWN = [",
    `  drawnScenario("drawn-${timeline.seed}", {`,
    `    question: ${JSON.stringify(questionOf(timeline))},`,
    `    claim: ${JSON.stringify(CLAIM)},`,
    ...(settings.length > 0 ? ["    settings: {", ...settings, "    },"] : []),
    ...(timeline.cold_start ? ["    cold_start: true,"] : []),
    "    faults: [",
    ...fullFaults(timeline).map((fault) =>
      `      at(ms(${fault.at_ms}), ${wordsOf(fault)}.for(ms(${fault.for_ms}))),`
    ),
    "    ],",
    "  }),",
    "];",
    "",
  ].join("\n");
}

/** `latency("source", { delay_ms: 200, jitter_ms: 50 })`. */
export function wordsOf({ kind, place, values }: DrawnFault): string {
  return `${kindOf(kind).word.name}(${argumentsOf(place, values).map(literal).join(", ")})`;
}

function literal(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${name}: ${literal(one)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
