/** A scenario as its author writes it, and the plan it comes to. */
import { FaultError } from "./bounds.ts";
import { type ConditionValue } from "./conditions.ts";
import { type Duration, durationText } from "./duration.ts";
import type { TimedFault } from "./fault.ts";
import type { Condition, LoadProfile, ScenarioPlan, Settings } from "./plan.ts";
import type { Bound } from "./predicted.ts";
import { seededRandom } from "./random.ts";
import {
  QUICK_BASELINE_MS_MIN,
  QUICK_BASELINE_SCALE,
  quickFaultScale,
  quickLoad,
  quickSettings,
  SETTINGS_DEFAULT,
} from "./settings.ts";
import { type At, TimelineError } from "./timeline.ts";
import { readTimeline } from "./read_timeline.ts";

/** Everything an author says about a scenario. */
export interface ScenarioSpec {
  /** What one wants to know; ends with a question mark. */
  readonly question: string;
  /** A sentence that can turn out to be false. */
  readonly claim: string;
  readonly steady: {
    readonly always?: readonly ConditionValue[];
    readonly unfaulted?: readonly ConditionValue[];
    readonly faulted?: readonly ConditionValue[];
  };
  /** What else the run predicts, over all of it. */
  readonly predicts?: readonly ConditionValue[];
  readonly load?: LoadProfile;
  /** Differences from {@link SETTINGS_DEFAULT}. */
  readonly settings?: Partial<Settings>;
  /** Whether the subject is started once the first fault is on. */
  readonly cold_start?: boolean;
  readonly timeline: readonly At[];
  readonly abort?: { readonly error_share: number; readonly for: Duration };
}

/** How a plan is made of a scenario. */
export interface PlanOptions {
  readonly quick?: boolean;
  readonly seed?: number;
}

/** A scenario whose values have been checked. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly claim: string;
  plan(options?: PlanOptions): ScenarioPlan;
}

/** Exit code for a scenario that cannot be run: EX_USAGE of sysexits. */
export const BAD_SCENARIO_EXIT_CODE = 64;

/** A scenario that says what cannot be; its message has the name, the value and the bound. */
export class ScenarioError extends Error {
  override name = "ScenarioError";
}

const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
/** Longest a scenario's faults may last, in milliseconds. */
export const SCENARIO_MS_MAX = 600_000;

/** 100 VUs that ask at the same instant, ten times a second: a phase of 4 s has 40 waves. */
export const LOAD_DEFAULT: LoadProfile = { profile: "waves", env: { VUS: "100", WAVE_MS: "100" } };

/**
 * ```ts
 * export default scenario("outage", {
 *   question: "What do clients see while the source is gone?",
 *   claim: "The last snapshot is served, labelled stale, within 7 ms",
 *   steady: { always: [p95().atMost(ms(7))] },
 *   timeline: [
 *     at(s(0), baseline(s(10))),
 *     at(s(10), refuse("source").for(s(20))),
 *     at(s(30), recover({ within: longestBackoff().plus(fetchTime()), stable: 3 })),
 *   ],
 * });
 * ```
 *
 * @throws {ScenarioError}
 */
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
  const asked: Settings = { ...SETTINGS_DEFAULT, ...spec.settings };
  const settings = quick ? quickSettings(asked) : asked;
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
    load: quick ? quickLoad(spec.load ?? LOAD_DEFAULT) : spec.load ?? LOAD_DEFAULT,
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

/** Two of one kind at one place at one time would lift each other. */
function refuseOverlaps(faults: readonly TimedFault[]): void {
  for (const [i, one] of faults.entries()) {
    for (const other of faults.slice(i + 1)) {
      const same = one.fault.kind === other.fault.kind && one.fault.hop === other.fault.hop;
      const apart = one.at_ms + one.for_ms <= other.at_ms ||
        other.at_ms + other.for_ms <= one.at_ms;
      demand(
        !same || apart,
        `${one.id} and ${other.id} overlap: let one end before the other starts`,
      );
    }
  }
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new TimelineError(message);
}
