/** A scenario as its author writes it, and the plan that is made of it. */
import { type Bound, type Duration, durationText } from "./bounds.ts";
import type { ConditionValue } from "./conditions.ts";
import { FaultError } from "./fault_value.ts";
import type { Condition, Fault, LoadProfile, ScenarioPlan, Settings, TimedFault } from "./plan.ts";
import { seededRandom } from "./random.ts";
import { type At, demand, readTimeline, TimelineError } from "./timeline.ts";

export interface ScenarioSpec {
  /** Must end with a question mark. */
  readonly question: string;
  /** A sentence that the run can prove false. */
  readonly claim: string;
  readonly steady: {
    readonly always?: readonly ConditionValue[];
    readonly unfaulted?: readonly ConditionValue[];
    readonly faulted?: readonly ConditionValue[];
  };
  /** More conditions, over the whole run. */
  readonly predicts?: readonly ConditionValue[];
  readonly load?: LoadProfile;
  /** Differences from {@link SETTINGS_DEFAULT}. */
  readonly settings?: Partial<Settings>;
  /** Whether the subject starts only after the first fault is on. */
  readonly cold_start?: boolean;
  readonly timeline: readonly At[];
  readonly abort?: { readonly error_share: number; readonly for: Duration };
}

interface PlanOptions {
  readonly quick?: boolean;
  readonly seed?: number;
  /** Instead of the scenario's own; short versions do not scale them. */
  readonly settings?: Partial<Settings>;
}

/** A scenario whose values have been checked. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly claim: string;
  plan(options?: PlanOptions): ScenarioPlan;
}

/** Exit code for a scenario that cannot run: EX_USAGE of sysexits. */
export const BAD_SCENARIO_EXIT_CODE = 64;

/** An invalid scenario. The message has its name, the value and the bound. */
export class ScenarioError extends Error {
  override name = "ScenarioError";
}

const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
/** Longest time from the first fault on to the last fault off, in milliseconds. */
const SCENARIO_MS_MAX = 600_000;

/**
 * An arrival every 2 ms over 100 connections, and as many at the control: a phase of 3 s has 1,500
 * requests, 15 of them beyond the p99.
 */
const LOAD_DEFAULT: LoadProfile = { profile: "arrival", env: { RATE: "500", VUS: "100" } };

/**
 * The source's shortest interval, and two polls in each, so that polling is never the reason for
 * old data. Timeout and longest backoff are short enough to see a recovery within seconds, and long
 * enough (four poll intervals) to see the backoff.
 */
export const SETTINGS_DEFAULT: Settings = {
  poll_ms: 500,
  poll_timeout_ms: 1000,
  backoff_max_ms: 2000,
  data_interval_ms: 1000,
  switches: 64,
  subjects: 1,
  store: "none",
  lease_ms: 1500,
  max_stale_ms: 0,
  front: "none",
  data_env: {},
  subject_env: {},
};

/** Short versions poll, time out and back off faster: after 300, 600 and 1200 ms. */
const QUICK_SETTINGS_SCALE = 0.6;
/** Short versions scale the times of faults by this, or by less, so that … */
const QUICK_FAULT_SCALE = 0.3;
/** … all faults together take at least this long, in milliseconds. */
const QUICK_FAULT_MS_MIN = 3000;
const QUICK_BASELINE_SCALE = 0.4;
/** Shortest baseline of a short version, in milliseconds: enough load windows to compare with. */
const QUICK_BASELINE_MS_MIN = 4000;
/** How short versions differ, as `plan` prints it. */
export const QUICK_RULE =
  `quick: poll, timeout, backoff and lease × ${QUICK_SETTINGS_SCALE}; faults × ${QUICK_FAULT_SCALE} ` +
  `(together at least ${QUICK_FAULT_MS_MIN / 1000} s); baseline × ${QUICK_BASELINE_SCALE} ` +
  `(at least ${QUICK_BASELINE_MS_MIN / 1000} s)`;

/** Checks a scenario. Throws {@link ScenarioError}. */
export function scenario(name: string, spec: ScenarioSpec): Scenario {
  try {
    demand(NAME.test(name), `name=${name}: must be 1–50 of a–z, 0–9 and -`);
    demand(spec.question.endsWith("?"), `question=${spec.question}: must end with a question mark`);
    demand(spec.claim.length > 0, "claim: must not be empty");
    for (const quick of [false, true]) planOf(name, spec, { quick });
  } catch (error) {
    if (!(error instanceof FaultError || error instanceof TimelineError)) throw error;
    throw new ScenarioError(`scenario ${name}: ${error.message}`);
  }
  return {
    name,
    question: spec.question,
    claim: spec.claim,
    plan: (options = {}) => planOf(name, spec, options),
  };
}

function planOf(name: string, spec: ScenarioSpec, options: PlanOptions): ScenarioPlan {
  const { quick = false, seed = 1 } = options;
  const full: Settings = { ...SETTINGS_DEFAULT, ...spec.settings };
  const settings = { ...(quick ? quickSettings(full) : full), ...options.settings };
  const { baseline, faults: steps, recover } = readTimeline(spec.timeline);
  const random = seededRandom(seed, `faults of ${name}`);
  const times = steps.map(({ at_ms, step }) => ({ at_ms, for_ms: step.for_ms }));
  const scale = quick ? quickFaultScale(spanOf(times)) : 1;
  const faults = steps.map(({ at_ms, step }, i): TimedFault => {
    const fault = step.value.make({ settings, random });
    const from_ms = (at_ms - baseline.for_ms) * scale;
    return {
      id: `${i + 1}-${fault.kind}`,
      at_ms: Math.round(from_ms),
      for_ms: Math.round(from_ms + step.for_ms * scale) - Math.round(from_ms),
      fault,
    };
  });
  refuseOverlaps(faults);
  refuseMissing(settings, faults);
  const context = { settings, fault_ms: spanOf(faults) };
  demand(
    context.fault_ms <= SCENARIO_MS_MAX,
    `faults last ${durationText(context.fault_ms)}: must be at most ${
      durationText(SCENARIO_MS_MAX)
    }`,
  );
  const within = recover.within.of(context);
  return {
    name,
    question: spec.question,
    claim: spec.claim,
    settings,
    conditions: conditionsOf(spec, recover.within, context),
    load: spec.load ?? LOAD_DEFAULT,
    baseline_ms: quick
      ? Math.max(QUICK_BASELINE_MS_MIN, baseline.for_ms * QUICK_BASELINE_SCALE)
      : baseline.for_ms,
    faults,
    cold_start: spec.cold_start ?? false,
    recover: { within_ms: within.value, stable: recover.stable },
    abort: spec.abort === undefined
      ? null
      : { error_share: spec.abort.error_share, for_ms: spec.abort.for },
    quick,
  };
}

/** First fault on → last fault off. */
function spanOf(faults: readonly Pick<TimedFault, "at_ms" | "for_ms">[]): number {
  const ends = faults.map(({ at_ms, for_ms }) => at_ms + for_ms);
  return Math.max(...ends) - Math.min(...faults.map(({ at_ms }) => at_ms));
}

function conditionsOf(
  spec: ScenarioSpec,
  within: Bound,
  context: { settings: Settings; fault_ms: number },
): Condition[] {
  const { always = [], unfaulted = [], faulted = [] } = spec.steady;
  const { value, because } = within.of(context);
  return [
    ...always.map((one) => one.make("always", context)),
    ...unfaulted.map((one) => one.make("unfaulted", context)),
    ...faulted.map((one) => one.make("faulted", context)),
    ...(spec.predicts ?? []).map((one) => one.make("always", context)),
    { when: "always", measure: "recover_ms", relation: "≤", bound: value, unit: "ms", because },
  ];
}

/** Overlapping faults of one kind on one hop would lift each other. */
function refuseOverlaps(faults: readonly TimedFault[]): void {
  for (const [i, one] of faults.entries()) {
    for (const other of faults.slice(i + 1)) {
      const same = targetOf(one.fault) === targetOf(other.fault);
      const apart = one.at_ms + one.for_ms <= other.at_ms ||
        other.at_ms + other.for_ms <= one.at_ms;
      demand(
        !same || apart,
        `${one.id} and ${other.id} overlap: let one end before the other starts`,
      );
    }
  }
}

function targetOf({ kind, hop, params }: Fault): string {
  return [kind, hop, params.process, params.subject].join(" ");
}

/** Refuses faults of a store or of subjects that the run does not have. */
function refuseMissing({ store, subjects }: Settings, faults: readonly TimedFault[]): void {
  const added = faults.filter(({ fault }) => fault.kind === "process.add_replica").length;
  for (const { id, fault: { hop, layer, params } } of faults) {
    const { process, subject = 0 } = params;
    const needs_store = hop === "store" || layer === "store" ||
      ["store", "leader", "follower"].includes(String(process));
    demand(store !== "none" || !needs_store, `${id}: needs settings with store "redis"`);
    demand(
      Number(subject) < subjects + added,
      `${id} subject=${subject}: must be below ${subjects + added}, the number of subjects`,
    );
  }
}

/**
 * Length of faults whose short version lasts `quick_ms`: the inverse of the short version's factor.
 */
export function fullLength(quick_ms: number): number {
  return quick_ms < QUICK_FAULT_MS_MIN ? quick_ms : quick_ms / QUICK_FAULT_SCALE;
}

/** Settings of the short version. The source cannot run faster. */
function quickSettings(settings: Settings): Settings {
  const scaled = (value_ms: number) => Math.round(value_ms * QUICK_SETTINGS_SCALE);
  return {
    ...settings,
    poll_ms: scaled(settings.poll_ms),
    poll_timeout_ms: scaled(settings.poll_timeout_ms),
    backoff_max_ms: scaled(settings.backoff_max_ms),
    lease_ms: scaled(settings.lease_ms),
  };
}

/** Factor of fault times in the short version, for faults that last `span_ms` together. */
function quickFaultScale(span_ms: number): number {
  return Math.min(1, Math.max(QUICK_FAULT_SCALE, QUICK_FAULT_MS_MIN / span_ms));
}
