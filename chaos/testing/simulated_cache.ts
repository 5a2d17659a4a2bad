/**
 * Simulates a correct cache in virtual time, and the journal entries of its run. Of several
 * replicas, the first leads and polls; the others serve its snapshots a little later.
 */
import type { JournalEntry, LoadSide, ProbeRecord } from "../journal/mod.ts";
import { type ScenarioPlan, seededRandom, subjectName } from "../vocabulary/mod.ts";

/** Start of every simulated run, in epoch milliseconds. */
export const STARTED_MS = Date.UTC(2025, 0, 1);

const PROBE_EVERY_MS = 100, WINDOW_MS = 100, WINDOW_REQUESTS = 100, COUNTERS_EVERY_MS = 500;
const CELLS = [["sw-000", "bandwidth_gbps"], ["sw-007", "packet_errors"]] as const;

/** p95 of one side in the load window that ends at a time. */
export type P95At = (t_ms: number, faulted: boolean) => number;

/** A follower has a snapshot this long after the leader. */
const FOLLOWER_LAG_MS = 20;
/** Probes of neighboring replicas are this far apart. */
const PROBE_OFFSET_MS = 30;

interface Held {
  id: string;
  taken_ms: number;
  values: Record<string, string>;
}

type Add = (t_ms: number, entry: JournalEntry) => void;

/** Polls, answers and counts in steps of 10 ms. */
export function simulateCache(
  plan: ScenarioPlan,
  times: { baseline: number; on: number; off: number; end: number },
  given: { p95At?: P95At; controlP95At?: P95At },
  add: Add,
): void {
  const { poll_ms, data_interval_ms, subjects } = plan.settings;
  const random = seededRandom(1, "simulated journal");
  const { fault, id } = plan.faults[0];
  const cuts = fault.hop === "source" && ["tcp.refuse", "tcp.hang"].includes(fault.kind);
  const p95At = given.p95At ?? (() => 3 + random() * 0.4);
  const controlP95At = given.controlP95At ?? (() => 1);
  const has_control = plan.load.profile === "arrival";
  const state = { polls: 0, failures: 0, requests: 0, hits: 0 };
  let source: Held | null = null, held: Held | null = null, number = 0, cell = 0;
  const held_at: (Held | null)[] = [];
  if (subjects > 1) addStarts(add, subjects);
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
    held_at.push(held);
    if (t_ms % PROBE_EVERY_MS === 50) {
      const [switch_id, metric] = CELLS[cell++ % CELLS.length];
      add(t_ms, probeOf(held, switch_id, metric, t_ms));
    }
    for (let subject = 1; subject < subjects; subject++) {
      if ((t_ms + subject * PROBE_OFFSET_MS) % PROBE_EVERY_MS !== 50) continue;
      const [switch_id, metric] = CELLS[cell % CELLS.length];
      const follows = held_at[(t_ms - FOLLOWER_LAG_MS) / 10] ?? null;
      add(t_ms, { ...probeOf(follows, switch_id, metric, t_ms), subject });
    }
    if (t_ms % COUNTERS_EVERY_MS === 0) {
      addCounters(add, t_ms, id, state);
      for (let subject = 0; subject < subjects; subject++) addStats(add, t_ms, subject, state);
    }
    if (t_ms >= times.baseline + WINDOW_MS && t_ms % WINDOW_MS === 0) {
      const age_max_ms = held === null ? null : STARTED_MS + t_ms - held.taken_ms;
      const control = has_control ? { control: sideOf(controlP95At(t_ms, faulted)) } : {};
      const subject = sideOf(p95At(t_ms, faulted));
      add(t_ms, {
        kind: "load",
        window_ms: WINDOW_MS,
        ...subject,
        ...control,
        age_max_ms,
        vus: 100,
      });
    }
  }
}

function snapshot(number: number, t_ms: number): Held {
  const values = Object.fromEntries(
    CELLS.map(([switch_id, metric], i) => [`${switch_id} ${metric}`, String(number * 10 + i)]),
  );
  return { id: `boot-${number}`, taken_ms: STARTED_MS + t_ms, values };
}

function addStarts(add: Add, subjects: number): void {
  for (let subject = 0; subject < subjects; subject++) {
    const process = { process: subjectName(subject), pid: 100 + subject, code: null };
    add(0, { kind: "process", action: "started", ...process });
    add(10, { kind: "process", action: "ready", ...process });
  }
}

function probeOf(
  held: Held | null,
  switch_id: string,
  metric: string,
  t_ms: number,
): Omit<ProbeRecord, "t_ms"> {
  const answer = held === null
    ? { status: 503, age_ms: null, snapshot_id: null, value: null, error: "no-snapshot" }
    : {
      status: 200,
      age_ms: STARTED_MS + t_ms - held.taken_ms,
      snapshot_id: held.id,
      value: held.values[`${switch_id} ${metric}`],
      error: null,
    };
  return { kind: "probe", probe: "getmetric", latency_ms: 1.2, switch_id, metric, ...answer };
}

/** A window's requests with this p95: half of them take half as long, 4 % half as long again. */
function sideOf(p95_ms: number): LoadSide {
  const durations: LoadSide["durations"] = [
    [p95_ms / 2, WINDOW_REQUESTS / 2],
    [p95_ms, WINDOW_REQUESTS * 0.46],
    [p95_ms * 1.5, WINDOW_REQUESTS * 0.04],
  ];
  return { requests: WINDOW_REQUESTS, failed: 0, durations };
}

function addCounters(
  add: Add,
  t_ms: number,
  fault_id: string,
  state: { polls: number; failures: number; requests: number; hits: number },
): void {
  const { polls, requests, hits } = state;
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
    kind: "process_sample",
    process: "subject",
    rss_mb: 90,
    sockets: 104,
    cpu_ms: t_ms / 4,
    wait_ms: 1,
  });
  add(t_ms, {
    kind: "process_sample",
    process: "others",
    rss_mb: null,
    sockets: null,
    cpu_ms: t_ms / 50,
  });
}

function addStats(
  add: Add,
  t_ms: number,
  subject: number,
  { polls, failures }: { polls: number; failures: number },
): void {
  const leads = subject === 0;
  add(t_ms, {
    kind: "stats",
    subject,
    polls: leads ? polls : 0,
    failures: leads ? failures : 0,
    failures_by_cause: leads && failures > 0 ? { refused: failures } : {},
    circuit: "closed",
    event_loop_block_max_ms: 1,
    role: leads ? "leader" : "follower",
    fence: 7,
  });
}
