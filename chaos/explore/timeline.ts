/** A drawn timeline: plain data, so that it can be weakened, counted and written as a scenario. */
import {
  at,
  baseline,
  effectsOf,
  type FaultEffects,
  kindOf,
  makeFault,
  ms,
  recover,
  type Scenario,
  scenario,
  ScenarioError,
  type Settings,
  SETTINGS_DEFAULT,
  type Values,
} from "../vocabulary/mod.ts";

/** A fault with its place, its values and its time after the first fault. */
export interface DrawnFault {
  /** `tcp.latency`. */
  readonly kind: string;
  /** A hop or a process; empty for faults with one place only. */
  readonly place: string;
  readonly values: Values;
  readonly at_ms: number;
  readonly for_ms: number;
}

export interface DrawnTimeline {
  /** Draws this timeline again, until it was weakened. */
  readonly seed: number;
  /** Whether the subject starts only after the first fault is on. */
  readonly cold_start: boolean;
  readonly settings: Pick<Settings, "subjects" | "store" | "front">;
  /** By their start. */
  readonly faults: readonly DrawnFault[];
}

/** First fault on → last fault off. */
export function spanOf({ faults }: DrawnTimeline): number {
  return Math.max(...faults.map(endOf)) - Math.min(...faults.map(({ at_ms }) => at_ms));
}

export const endOf = ({ at_ms, for_ms }: DrawnFault): number => at_ms + for_ms;

/** Whether both faults are on at the same time. */
export function overlap(a: DrawnFault, b: DrawnFault): boolean {
  return a.at_ms < endOf(b) && b.at_ms < endOf(a);
}

/** `tcp.refuse source`. */
export const nameOf = ({ kind, place }: Pick<DrawnFault, "kind" | "place">): string =>
  place === "" ? kind : `${kind} ${place}`;

function effectsOfDrawn({ kind, place, values }: DrawnFault): FaultEffects {
  return effectsOf(makeFault(kind, place, values));
}

/** Where a fault acts: `source tcp`, `source http`, `store`, `client`, `process`, `resource`. */
export function siteOf({ kind, place }: Pick<DrawnFault, "kind" | "place">): string {
  const [layer] = kind.split(".");
  if (layer === "http" || layer === "tcp" && place === "source") return `source ${layer}`;
  if (layer === "tcp") return place;
  return place === "store" ? "store" : layer;
}

/** Settings that the faults need, and those drawn. */
export function settingsOf({ settings, faults }: DrawnTimeline): Partial<Settings> {
  return faults.reduce<Partial<Settings>>((merged, fault) => {
    const needs = kindOf(fault.kind).needs?.(fault.place) ?? {};
    const numbered = fault.values.subject === undefined ? 1 : Number(fault.values.subject) + 1;
    return {
      ...merged,
      ...needs,
      subjects: Math.max(merged.subjects ?? 1, needs.subjects ?? 1, numbered),
      subject_env: { ...merged.subject_env, ...needs.subject_env },
    };
  }, { ...settings, subject_env: SETTINGS_DEFAULT.subject_env });
}

/** Shortest time without a cut-off source in which a fault of the source shows, in milliseconds. */
const SHOWS_MS_MIN = 1_500;

/** Why the timeline cannot be run, or would prove nothing; null if it can. */
export function problemOf(timeline: DrawnTimeline): string | null {
  for (const fault of timeline.faults) {
    const { shows_with } = kindOf(fault.kind);
    const others = timeline.faults.filter((other) => other !== fault);
    const shows = shows_with === undefined ||
      others.some((one) =>
        one.kind === shows_with && one.place === fault.place && overlap(one, fault)
      );
    if (!shows) return `${fault.kind} shows only with ${shows_with}`;
    if (isHidden(fault, others)) return `${fault.kind} is hidden by another fault`;
    if (lacksRoles(fault, others)) return `${nameOf(fault)}: no replica leads meanwhile`;
    const rival = others.find((one) => overlap(one, fault) && sharesProcess(one, fault));
    if (rival !== undefined) return `${nameOf(fault)} and ${nameOf(rival)} act on one process`;
  }
  return refusal(timeline);
}

/** Layers between subject and source, the outermost first. */
const LAYERS = ["process", "tcp", "http"];
const depthOf = ({ kind }: DrawnFault) => LAYERS.indexOf(kind.split(".")[0]);

/** A fault of the source must show while no other one cuts the source off before it. */
function isHidden(fault: DrawnFault, others: readonly DrawnFault[]): boolean {
  if (!siteOf(fault).startsWith("source")) return false;
  const blocking = others.filter((one) =>
    depthOf(one) <= depthOf(fault) && overlap(one, fault) && effectsOfDrawn(one).blocks
  );
  if (blocking.length === 0) return false;
  const free_before = Math.min(...blocking.map(({ at_ms }) => at_ms)) - fault.at_ms;
  const free_after = endOf(fault) - Math.max(...blocking.map(endOf));
  return Math.max(free_before, free_after) < Math.min(SHOWS_MS_MIN, fault.for_ms);
}

/** Longest time until replicas have a leader again, in milliseconds. */
const ELECTION_MS_MAX = 2_000;

/** A leader or a follower is chosen when the fault goes on. */
function lacksRoles(fault: DrawnFault, others: readonly DrawnFault[]): boolean {
  if (fault.place !== "leader" && fault.place !== "follower") return false;
  return others.some((one) =>
    effectsOfDrawn(one).leaderless && one.at_ms <= fault.at_ms &&
    endOf(one) + ELECTION_MS_MAX > fault.at_ms
  );
}

/** Whether both end, stop or start the same program, or might. */
function sharesProcess(a: DrawnFault, b: DrawnFault): boolean {
  const programsOf = ({ kind, place }: DrawnFault) => {
    if (kind === "process.restart_both") return ["data_server", "subject"];
    if (kind.startsWith("store.")) return ["store"];
    if (!kind.startsWith("process.")) return [];
    return [["data_server", "store"].includes(place) ? place : "subject"];
  };
  return programsOf(a).some((program) => programsOf(b).includes(program));
}

/** What the vocabulary says to the timeline, such as two faults of one kind at one place. */
function refusal(timeline: DrawnTimeline): string | null {
  try {
    bareScenario(timeline);
    return null;
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}

function bareScenario(timeline: DrawnTimeline): Scenario {
  const steps = timeline.faults.map(({ kind, place, values, at_ms, for_ms }) =>
    at(ms(1_000 + at_ms), makeFault(kind, place, values).for(ms(for_ms)))
  );
  const end = Math.max(...timeline.faults.map(endOf));
  return scenario("drawn", {
    question: "Is this timeline legal?",
    claim: "The vocabulary accepts it",
    steady: {},
    settings: settingsOf(timeline),
    timeline: [
      at(ms(0), baseline(ms(1_000))),
      ...steps,
      at(ms(1_000 + end), recover({ within: ms(1_000), stable: 1 })),
    ],
  });
}
