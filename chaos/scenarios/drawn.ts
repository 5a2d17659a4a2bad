/**
 * Scenarios with drawn timelines. Their promises are those that all scenarios share, except what
 * one of the faults excuses; their bounds are sums of what the faults add.
 */
import {
  age,
  type At,
  at,
  baseline,
  type Bound,
  chosen,
  type ConditionValue,
  effectsOf,
  type FaultEffects,
  faultLength,
  fixed,
  herd,
  leaseTime,
  loadErrors,
  longestBackoff,
  ms,
  noBackwards,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  p95,
  pollers,
  pollInterval,
  pollTimeout,
  probeErrors,
  recover,
  retryAmplification,
  s,
  type Scenario,
  scenario,
  type ScenarioSpec,
  SETTINGS_DEFAULT,
  type SharedPromise,
} from "../vocabulary/mod.ts";
import {
  AS_FAST_AS_BEFORE,
  FAST,
  freshAge,
  MEMORY_STEADY,
  nextRetry,
  PACED,
  SOCKETS_STEADY,
  threeSnapshots,
} from "./promises.ts";

/** The baseline of a drawn scenario. Its faults start with its end or later. */
export const DRAWN_BASELINE = s(10);

interface DrawnSpec extends Pick<ScenarioSpec, "question" | "claim" | "settings" | "cold_start"> {
  /** `at(s(10), refuse("source").for(s(5)))`, … */
  readonly faults: readonly At[];
}

/** Throws {@link ScenarioError} for a timeline that the vocabulary refuses. */
export function drawnScenario(name: string, { faults, ...spec }: DrawnSpec): Scenario {
  const ends = faults.map(({ at_ms, step }) => at_ms + (step.step === "fault" ? step.for_ms : 0));
  const promises = sharedPromises(spec, faults);
  return scenario(name, {
    ...spec,
    steady: promises,
    predicts: promises.predicts,
    timeline: [
      at(s(0), baseline(DRAWN_BASELINE)),
      ...faults,
      at(ms(Math.max(...ends)), recover({ within: promises.within, stable: 3 })),
    ],
  });
}

/** The effects of all faults together. */
interface Combined extends Omit<FaultEffects, "blocks" | "starts"> {
  readonly starts: boolean;
  readonly skews: readonly number[];
}

function combine(all: readonly FaultEffects[], has_store: boolean): Combined {
  const starting = all.filter(({ starts }) => starts);
  const lacks_data = starting.some((one) =>
    !has_store || all.some((other) => other !== one && (other.leaderless || other.starts))
  );
  const why = "a started subject has no data until its store or its first poll brings it";
  return {
    polls:
      (["hanging", "failing"] as const).find((polls) => all.some((one) => one.polls === polls)) ??
        "good",
    delay_ms: all.reduce((sum, { delay_ms }) => sum + delay_ms, 0),
    pause_ms: Math.max(...all.map(({ pause_ms }) => pause_ms)),
    skew_ms: Math.max(...all.map(({ skew_ms }) => -skew_ms), 0),
    skews: all.map(({ skew_ms }) => skew_ms).filter((skew_ms) => skew_ms !== 0),
    leaderless: has_store && all.some(({ leaderless }) => leaderless),
    starts: starting.length > 0,
    excuses: Object.assign(
      {},
      ...all.map(({ excuses }) => excuses),
      lacks_data ? { load: why, probes: why, age: why } : {},
    ),
  };
}

interface SharedPromises {
  readonly always: readonly ConditionValue[];
  readonly unfaulted: readonly ConditionValue[];
  readonly faulted: readonly ConditionValue[];
  readonly predicts: readonly ConditionValue[];
  readonly within: Bound;
}

function sharedPromises(
  { settings = {}, cold_start = false }: Omit<DrawnSpec, "faults">,
  faults: readonly At[],
): SharedPromises {
  const { store, subjects, front } = { ...SETTINGS_DEFAULT, ...settings };
  const effects = combine(
    faults.flatMap(({ step }) => step.step === "fault" ? [effectsOf(step.value)] : []),
    store !== "none",
  );
  const may = (promise: SharedPromise) => effects.excuses[promise] !== undefined;
  const unless = (excused: boolean, ...promises: readonly ConditionValue[]) =>
    excused ? [] : promises;
  const answered = [
    ...unless(may("whole_data"), loadErrors().atMost(0, "the subject is up")),
    ...unless(may("whole_data"), probeErrors().atMost(0, "the subject is up")),
  ];
  const is_shared = subjects > 1 || store !== "none";
  const is_slow = may("speed") || cold_start;
  const p95_max = p95().atMost(
    ms(front !== "none" ? 25 : is_shared ? 15 : 7),
    is_shared ? "replicas, their store and the proxies share the cores" : "promised",
  );
  return {
    always: [
      ...unless(may("labels"), noUnlabelledStale()),
      ...unless(may("values"), noBadData()),
      ...unless(may("order"), noBackwards()),
      ...unless(is_slow, ...(is_shared ? [p95_max] : FAST)),
    ],
    unfaulted: [
      ...answered,
      ...unless(!is_slow, p95_max),
      age().atMost(freshAge().plus(...clockBack(effects))),
    ],
    faulted: [
      ...unless(may("load") || may("whole_data") || cold_start, loadErrors().atMost(0, ANSWERED)),
      ...unless(
        may("probes") || may("whole_data") || cold_start,
        probeErrors().atMost(0, ANSWERED),
      ),
      ...unless(is_slow || is_shared, AS_FAST_AS_BEFORE),
      ...unless(may("age") || cold_start, age().atMost(drawnAge(effects))),
    ],
    predicts: [
      ...unless(cold_start || effects.starts, ...gentle(subjects, store !== "none", effects)),
      ...PACED,
      ...unless(cold_start, SOCKETS_STEADY),
      ...unless(cold_start || may("memory"), ...MEMORY_STEADY),
      noMetastability(),
    ],
    within: recovery(effects),
  };
}

const ANSWERED = "no fault keeps clients from the subject";

/** A source whose clock is set back is doubted at first. */
function clockBack({ skews }: Combined): Bound[] {
  return skews.length === 0 ? [] : [threeSnapshots(), longestBackoff()];
}

/** Polls: how many, under fault and when the source returns. */
function gentle(
  subjects: number,
  has_store: boolean,
  { leaderless, polls }: Combined,
): ConditionValue[] {
  const herds = herd().atMost(subjects > 1 ? 4.5 : 3, "a retry and the next poll may coincide");
  if (subjects > 1 && !has_store) return [herds];
  if (subjects === 1) {
    const why = "a failed poll is retried within two intervals on average";
    return [herds, retryAmplification().atMost(2, why)];
  }
  if (leaderless) return [herds, pollers().atMost(subjects + 1, "each replica polls alone")];
  return [herds, pollers().atMost(polls === "good" ? 1.1 : 2, "one replica polls for all")];
}

/** The sum of what the faults add to {@link freshAge}. */
function drawnAge(effects: Combined): Bound {
  const { polls, pause_ms, skew_ms, leaderless } = effects;
  const outage = [faultLength(), longestBackoff(), ...pauseOf(pause_ms)];
  const added = [
    ...delayOf(effects),
    ...(leaderless ? [leaseTime(), leaseTime(), pollInterval()] : []),
    ...(skew_ms > 0 ? [fixed(ms(skew_ms), "clock set back")] : []),
    ...clockBack(effects),
  ];
  return chosen((context) => {
    const times_out = polls === "hanging" || isSlow(effects, context.settings.poll_timeout_ms);
    return freshAge().plus(
      ...(polls === "good" && !times_out ? [] : outage),
      ...(times_out ? [pollTimeout()] : []),
      ...added,
    );
  });
}

/** Whether the delays alone let polls time out. */
function isSlow({ delay_ms }: Combined, poll_timeout_ms: number): boolean {
  return 2 * delay_ms >= poll_timeout_ms;
}

const delayOf = ({ delay_ms }: Combined): Bound[] =>
  delay_ms === 0 ? [] : [fixed(ms(Math.ceil(2 * delay_ms)), "delay of two exchanges")];
const pauseOf = (pause_ms: number): Bound[] =>
  pause_ms === 0 ? [] : [fixed(ms(pause_ms), "Retry-After")];

/** Time from the last lift to fresh data. */
function recovery(effects: Combined): Bound {
  const { polls, delay_ms, pause_ms, leaderless, starts } = effects;
  return nextRetry().plus(
    ...(polls === "hanging" || delay_ms > 0 ? [pollTimeout()] : []),
    ...pauseOf(pause_ms),
    ...(leaderless ? [leaseTime(), leaseTime()] : []),
    ...(starts ? [fixed(s(2), "first snapshot")] : []),
    ...clockBack(effects),
  );
}
