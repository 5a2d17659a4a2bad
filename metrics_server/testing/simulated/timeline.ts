/** Timelines of a simulated run: settings, and faults with their times. Plain data. */
import {
  type DrawnFault,
  drawTimeline as drawLabTimeline,
  drawValues,
  endOf,
  fromZero,
  nameOf,
  settingsOf,
} from "../../../chaos/mod.ts";
import { Random } from "../random.ts";
import { FINER_KINDS, LAB_KINDS } from "./faults.ts";

export interface SimulatedSettings {
  readonly subjects: number;
  readonly store: "none" | "redis";
  readonly poll_ms: number;
  readonly timeout_ms: number;
  readonly backoff_max_ms: number;
  readonly lease_ms: number;
  readonly data_interval_ms: number;
  readonly rows: number;
  /** How the source marks the end of its bodies; `none`: by closing the connection. */
  readonly framing: "length" | "chunked" | "none";
}

export interface Timeline {
  readonly seed: number;
  /** Time before the first fault; 0: the subjects start under it. */
  readonly baseline_ms: number;
  readonly settings: SimulatedSettings;
  readonly faults: readonly DrawnFault[];
}

/** Share of timelines with replicas, though no fault needs them. */
const REPLICAS_SHARE = 0.6;

/** Share of timelines whose subjects start under the first fault. */
const COLD_START_SHARE = 0.1;

/** Time before the first fault, otherwise. */
const BASELINE_MS = 1500;

/** Faults that only virtual time has, in each timeline, beside the lab's. */
const FINER_COUNTS = [0, 1, 2, 2];
const FAULTS_MAX = 4;

/** Length of one of them, in milliseconds. */
const FINER_MS_MIN = 200, FINER_MS_MAX = 6000;

const STEP_MS = 50;

/** The faults that the lab's explore draws for this seed, and finer ones. */
export function drawTimeline(seed: number): Timeline {
  const lab = drawLabTimeline(seed, { kinds: LAB_KINDS });
  const random = new Random(seed);
  const settings = drawSettings(settingsOf(lab), random);
  const count = random.of(FINER_COUNTS);
  // One fault of the lab at least, so that its kinds and the finer ones meet.
  const faults = lab.faults.slice(0, Math.max(1, FAULTS_MAX - count));
  const last_ms = Math.max(...faults.map(endOf));
  for (let n = 0; n < count; n++) {
    const fault = drawFiner(settings, last_ms, random);
    if (faults.every((one) => nameOf(one) !== nameOf(fault))) faults.push(fault);
  }
  const is_cold = lab.cold_start || random.chance(COLD_START_SHARE);
  const forgets = settings.store === "redis" || faults.some(isRestart);
  return {
    seed,
    baseline_ms: is_cold ? 0 : BASELINE_MS,
    settings,
    faults: fromZero(forgets ? faults.map(withOwnEtags) : faults),
  };
}

/** Faults after which a new poll worker starts. */
const isRestart = ({ kind }: DrawnFault) => /^(process|worker)\./.test(kind);

/**
 * The fault without an ETag that names different data. Replicas cannot know that another one has
 * seen it before, and a new poll worker cannot know what the one before it has seen.
 */
function withOwnEtags(fault: DrawnFault): DrawnFault {
  if (fault.values.mode !== "same_for_other") return fault;
  return { ...fault, values: { ...fault.values, mode: "changing" } };
}

function drawSettings(
  needed: { readonly subjects?: number; readonly store?: string },
  random: Random,
): SimulatedSettings {
  const { subjects = 1, store } = needed;
  const has_store = store === "redis" || subjects > 1 || random.chance(REPLICAS_SHARE);
  return {
    subjects: has_store ? Math.max(subjects, 2 + random.below(2)) : 1,
    store: has_store ? "redis" : "none",
    poll_ms: random.of([500, 1000, 1500]),
    timeout_ms: random.of([500, 1000, 2000]),
    backoff_max_ms: random.of([1000, 3000]),
    lease_ms: random.of([1000, 2000, 3000]),
    data_interval_ms: random.of([700, 1000, 3000, 8000]),
    rows: 2 + random.below(4),
    framing: random.of(["length", "length", "length", "chunked", "none"]),
  };
}

function drawFiner({ store }: SimulatedSettings, last_ms: number, random: Random): DrawnFault {
  const kinds = FINER_KINDS.filter(({ needs_store = false }) => !needs_store || store === "redis");
  const kind = random.of(kinds);
  const values = drawValues(kind, "", random.next);
  const at_ms = stepped(random.next() * last_ms);
  const for_ms = stepped(FINER_MS_MIN * (FINER_MS_MAX / FINER_MS_MIN) ** random.next());
  return { kind: kind.kind, place: "", values, at_ms, for_ms };
}

export const stepped = (time_ms: number) =>
  Math.max(STEP_MS, Math.round(time_ms / STEP_MS) * STEP_MS);

/** A timeline as a few lines. */
export function timelineText({ baseline_ms, settings, faults }: Timeline): string {
  const set = Object.entries({ baseline_ms, ...settings }).map(([name, value]) =>
    `${name}=${value}`
  );
  const lines = faults.map((fault) => {
    const values = Object.entries(fault.values).map(([name, value]) => ` ${name}=${value}`);
    return `  at ${fault.at_ms} ms for ${fault.for_ms} ms: ${nameOf(fault)}${values.join("")}`;
  });
  return [`  ${set.join(" ")}`, ...lines].join("\n");
}
