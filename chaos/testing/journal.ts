/**
 * Journals of simulated runs: a correct cache in virtual time. A test changes the records it is
 * about.
 */
import type { JournalEntry, JournalRecord, Phase, RunRecord } from "../journal/mod.ts";
import {
  type Condition,
  type Fault,
  type FaultValue,
  refuse,
  type ScenarioPlan,
  seededRandom,
  SETTINGS_DEFAULT,
} from "../vocabulary/mod.ts";
import { type P95At, simulateCache, STARTED_MS } from "./simulated_cache.ts";

export { STARTED_MS };

/** Differences from a quick outage. */
export interface Simulated {
  name?: string;
  conditions?: readonly Condition[];
  fault?: Fault;
  baseline_ms?: number;
  fault_ms?: number;
  verify_ms?: number;
  cold_start?: boolean;
  /** p95 of the load window that ends at a time. */
  p95At?: P95At;
  /** The same of the control, which only `arrival` has. */
  controlP95At?: P95At;
  load?: ScenarioPlan["load"];
  settings?: Partial<ScenarioPlan["settings"]>;
}

const RECOVER_MS = 3000, PREFLIGHT_MS = 1000, LIFT_MS = 20;

/** A condition with default texts. */
export function claim(
  measure: Condition["measure"],
  bound: number,
  given: Partial<Condition> = {},
): Condition {
  const relation = bound === 0 && given.unit === undefined ? "=" : "≤";
  return { when: "always", measure, relation, bound, unit: "", because: "promised", ...given };
}

/** What `deno task chaos:outage` claims, in short. */
export const OUTAGE_CLAIMS: readonly Condition[] = [
  claim("probe_error_share", 0, { unit: "%" }),
  claim("p95_ms", 7, { unit: "ms" }),
  claim("age_max_ms", 2500, { unit: "ms", when: "unfaulted", because: "data interval 1 s + …" }),
  claim("age_max_ms", 9000, { unit: "ms", when: "faulted", because: "fault 5 s + poll 500 ms" }),
  claim("p95_ratio", 1.2, { unit: "×", when: "faulted" }),
  claim("unlabelled_stale", 0),
  claim("bad_data_accepted", 0),
  claim("detect_ms", 900, { unit: "ms", because: "poll 500 ms + fetch 150 ms" }),
  claim("retry_amplification", 1.1, { unit: "×" }),
  claim("herd_ratio", 2, { unit: "×" }),
  claim("metastable", 0),
  claim("recover_ms", 1200, { unit: "ms", because: "poll 500 ms + fetch 150 ms" }),
];

/** The journal of a run with a correct cache. */
export function simulate(given: Simulated = {}): JournalRecord[] {
  const { plan, times } = planOf(given);
  const records: JournalRecord[] = [headerOf(plan)];
  const add = (t_ms: number, entry: JournalEntry) =>
    records.push({ t_ms, ...entry } as JournalRecord);
  const phase = (t_ms: number, phase: Phase) => add(t_ms, { kind: "phase", phase });
  phase(0, "preflight");
  phase(times.baseline, "baseline");
  phase(times.on - 5, "fault");
  const id = plan.faults[0].id;
  add(times.on, { kind: "fault", id, action: "on", took_ms: 5, error: null });
  phase(times.off - LIFT_MS, "lift");
  add(times.off, { kind: "fault", id, action: "off", took_ms: LIFT_MS, error: null });
  phase(times.off + 1, "recover");
  phase(times.verify, "verify");
  simulateCache(plan, times, given, add);
  add(times.end + 10, { kind: "end", clean: true, left: [] });
  return records.toSorted((a, b) => a.t_ms - b.t_ms);
}

/** Changes records: `edit(records, "probe", (p) => ({ ...p, age_ms: 0 }))`; null drops one. */
export function edit<K extends JournalRecord["kind"]>(
  records: readonly JournalRecord[],
  kind: K,
  change: (
    record: Extract<JournalRecord, { kind: K }>,
  ) => Extract<JournalRecord, { kind: K }> | null,
): JournalRecord[] {
  return records.flatMap((record): JournalRecord[] => {
    if (record.kind !== kind) return [record];
    const changed = change(record as Extract<JournalRecord, { kind: K }>);
    return changed === null ? [] : [changed];
  });
}

/** Adds records in order of time. */
export function insert(
  records: readonly JournalRecord[],
  ...more: readonly JournalRecord[]
): JournalRecord[] {
  return [...records, ...more].toSorted((a, b) => a.t_ms - b.t_ms);
}

/** Times of a simulated run, in ms from its start. */
interface Times {
  baseline: number;
  on: number;
  off: number;
  verify: number;
  end: number;
}

export function timesOf(given: Simulated = {}): Times {
  return planOf(given).times;
}

function planOf(given: Simulated): { plan: ScenarioPlan; times: Times } {
  const { baseline_ms = 5000, fault_ms = 5000, verify_ms = 3000 } = given;
  const fault = given.fault ?? faultOf(refuse("source"));
  const on = PREFLIGHT_MS + baseline_ms, off = on + fault_ms, verify = off + RECOVER_MS;
  const times = { baseline: PREFLIGHT_MS, on, off, verify, end: verify + verify_ms };
  const plan: ScenarioPlan = {
    name: given.name ?? "outage",
    question: "What do clients see while the source is gone?",
    claim: "The last snapshot is served, labelled stale, within 7 ms",
    settings: { ...SETTINGS_DEFAULT, ...given.settings },
    conditions: given.conditions ?? OUTAGE_CLAIMS,
    load: given.load ?? { profile: "arrival", env: { RATE: "1000", VUS: "100" } },
    baseline_ms,
    faults: [{ id: `1-${fault.kind}`, at_ms: 0, for_ms: fault_ms, fault }],
    cold_start: given.cold_start ?? false,
    recover: { within_ms: 1200, stable: 3 },
    abort: null,
    quick: true,
  };
  return { plan, times };
}

function headerOf(plan: ScenarioPlan): RunRecord {
  return {
    t_ms: 0,
    kind: "run",
    format: 1,
    run_id: `20250101-000000-${plan.name}`,
    started_at: new Date(STARTED_MS).toISOString(),
    plan,
    seed: 1,
    engines: { tcp: "embedded", load: "tools/k6" },
    machine: "a simulated machine",
    subject: "metrics_server",
    tells: { value: true },
  };
}

/** A fault outside a scenario, with the default settings. */
export function faultOf(value: FaultValue, seed = 1): Fault {
  return value.make({ settings: SETTINGS_DEFAULT, random: seededRandom(seed) });
}
