/**
 * Journals of runs that never took place: a cache that does everything right, simulated in virtual
 * time, whose records a test then changes in the one place it is about.
 */
import type {
  JournalEntry,
  JournalRecord,
  LoadRecord,
  Phase,
  RunRecord,
} from "../journal/records.ts";
import type { Fault } from "../vocabulary/fault.ts";
import type { Condition, ScenarioPlan } from "../vocabulary/plan.ts";
import { faultOf, refuse, seededRandom } from "../vocabulary/mod.ts";

/** Epoch ms of every simulated run's start. */
export const STARTED_MS = Date.UTC(2025, 0, 1);

/** What differs from a quick outage. */
export interface Simulated {
  name?: string;
  conditions?: readonly Condition[];
  fault?: Fault;
  baseline_ms?: number;
  fault_ms?: number;
  verify_ms?: number;
  cold_start?: boolean;
  /** p95 of a window of load that ends then. */
  p95At?: (t_ms: number, faulted: boolean) => number;
  settings?: Partial<ScenarioPlan["settings"]>;
}

const PROBE_EVERY_MS = 100, WINDOW_MS = 500, WINDOW_REQUESTS = 200, COUNTERS_EVERY_MS = 500;
const RECOVER_MS = 3000, PREFLIGHT_MS = 1000, LIFT_MS = 20;
const CELLS = [["sw-000", "bandwidth_gbps"], ["sw-007", "packet_errors"]] as const;

/** A condition with the words tests do not care about. */
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

/** The journal of a run in which the cache did what it should. */
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

/** Records changed by kind: `edit(records, "probe", (p) => ({ ...p, age_ms: 0 }))`; null drops one. */
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

/** One record more, where its time says. */
export function insert(
  records: readonly JournalRecord[],
  ...more: readonly JournalRecord[]
): JournalRecord[] {
  return [...records, ...more].toSorted((a, b) => a.t_ms - b.t_ms);
}

/** When things happen in a simulated run, in ms from its start. */
export interface Times {
  baseline: number;
  on: number;
  off: number;
  verify: number;
  end: number;
}

/** The times of a run simulated with these differences. */
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
    settings: {
      poll_ms: 500,
      poll_timeout_ms: 1000,
      backoff_max_ms: 2000,
      data_interval_ms: 1000,
      switches: 64,
      subjects: 1,
      data_env: {},
      subject_env: {},
      ...given.settings,
    },
    conditions: given.conditions ?? OUTAGE_CLAIMS,
    load: { profile: "waves", env: {} },
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
    engines: { tcp: "embedded", load: "bench/runner" },
    machine: "a simulated machine",
    subject: "metrics_server",
  };
}

interface Held {
  id: string;
  taken_ms: number;
  values: Record<string, string>;
}

type Add = (t_ms: number, entry: JournalEntry) => void;

/** Polls, answers and counts as a cache should, 10 ms at a time. */
function simulateCache(plan: ScenarioPlan, times: Times, given: Simulated, add: Add): void {
  const { poll_ms, data_interval_ms } = plan.settings;
  const random = seededRandom(1, "simulated journal");
  const { fault, id } = plan.faults[0];
  const cuts = fault.kind === "tcp.refuse" || fault.kind === "tcp.hang";
  const p95At = given.p95At ?? (() => 3 + random() * 0.4);
  const state = { polls: 0, failures: 0, requests: 0, hits: 0 };
  let source: Held | null = null, held: Held | null = null, number = 0, cell = 0;
  for (let t_ms = 0; t_ms <= times.end; t_ms += 10) {
    const faulted = t_ms >= times.on && t_ms < times.off;
    if (t_ms % data_interval_ms === 0) {
      source = snapshot(++number, t_ms);
      add(t_ms + 20, {
        kind: "source",
        snapshot_id: source.id,
        taken_ms: source.taken_ms,
        values: source.values,
      });
    }
    if (t_ms % poll_ms === 200) {
      state.polls++;
      if (faulted) state.hits++;
      if (faulted && cuts) {
        state.failures++;
        const line = { event: "poll.error", cause: "refused", detail: "nothing listens there" };
        add(t_ms, { kind: "log", process: "subject", line });
      } else {
        state.requests++;
        held = source;
        const line = { event: "poll.run", status: 200, fetch_ms: 2, snapshot_id: held?.id };
        add(t_ms, { kind: "log", process: "subject", line });
      }
    }
    if (t_ms % PROBE_EVERY_MS === 50) {
      const [switch_id, metric] = CELLS[cell++ % CELLS.length];
      add(t_ms, probeOf(held, switch_id, metric, t_ms));
    }
    if (t_ms % COUNTERS_EVERY_MS === 0) addCounters(add, t_ms, id, state);
    if (t_ms >= times.baseline + WINDOW_MS && t_ms % WINDOW_MS === 0) {
      const age_max_ms = held === null ? null : STARTED_MS + t_ms - held.taken_ms;
      add(t_ms, loadOf(p95At(t_ms, faulted), age_max_ms));
    }
  }
}

function snapshot(number: number, t_ms: number): Held {
  const values = Object.fromEntries(
    CELLS.map(([switch_id, metric], i) => [`${switch_id} ${metric}`, String(number * 10 + i)]),
  );
  return { id: `boot-${number}`, taken_ms: STARTED_MS + t_ms, values };
}

function probeOf(
  held: Held | null,
  switch_id: string,
  metric: string,
  t_ms: number,
): JournalEntry {
  const told = held === null
    ? { status: 503, age_ms: null, snapshot_id: null, value: null, error: "no-snapshot" }
    : {
      status: 200,
      age_ms: STARTED_MS + t_ms - held.taken_ms,
      snapshot_id: held.id,
      value: held.values[`${switch_id} ${metric}`],
      error: null,
    };
  return { kind: "probe", probe: "getmetric", latency_ms: 1.2, switch_id, metric, ...told };
}

/** Requests of which 5 % take longer than the p95, and half less than half of it. */
function loadOf(p95_ms: number, age_max_ms: number | null): JournalEntry {
  const durations: LoadRecord["durations"] = [
    [p95_ms / 2, WINDOW_REQUESTS / 2],
    [p95_ms, WINDOW_REQUESTS * 0.46],
    [p95_ms * 1.5, WINDOW_REQUESTS * 0.04],
  ];
  return {
    kind: "load",
    window_ms: WINDOW_MS,
    requests: WINDOW_REQUESTS,
    failed: 0,
    durations,
    age_max_ms,
    vus: 100,
  };
}

function addCounters(
  add: Add,
  t_ms: number,
  fault_id: string,
  state: { polls: number; failures: number; requests: number; hits: number },
): void {
  const { polls, failures, requests, hits } = state;
  const traffic = { connections: polls, bytes_up: polls * 100, bytes_down: requests * 2000 };
  add(t_ms, {
    kind: "hop",
    hop: "source",
    layer: "tcp",
    requests: null,
    hits: { [fault_id]: hits },
    ...traffic,
  });
  add(t_ms, { kind: "hop", hop: "source", layer: "http", requests, hits: {}, ...traffic });
  add(t_ms, {
    kind: "stats",
    subject: 0,
    polls,
    failures,
    failures_by_cause: failures > 0 ? { refused: failures } : {},
    circuit: "closed",
    event_loop_block_max_ms: 1,
  });
  add(t_ms, {
    kind: "process_sample",
    process: "subject",
    rss_mb: 90,
    sockets: 104,
    cpu_ms: t_ms / 4,
  });
  add(t_ms, {
    kind: "process_sample",
    process: "others",
    rss_mb: null,
    sockets: null,
    cpu_ms: t_ms / 50,
  });
}
