/** A journal by kind of record: the input of every measure. */
import type { JournalRecord, RunRecord } from "../journal/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";
import { dueWindows } from "./due_windows.ts";
import type { PhaseSpan, Span } from "./judgement.ts";
import { MEASURES } from "./measures/measures.ts";
import { downSpans, rolesOf, type RoleSpan } from "./replicas.ts";

/** When a fault was on. */
export interface FaultSpan {
  id: string;
  fault: Fault;
  /** When the lab began to apply it: from then on it may take effect. */
  apply_ms: number;
  /** When it was fully on. */
  on_ms: number;
  /** When it was off again; null if the journal does not record that. */
  off_ms: number | null;
  on_error: string | null;
  off_error: string | null;
}

type Kind = JournalRecord["kind"];
type RecordOf<K extends Kind> = Extract<JournalRecord, { kind: K }>;

export interface Run {
  /** With the conditions on known measures. */
  header: RunRecord;
  /** Measures of the plan that this version does not have, from an older journal. */
  unknown_measures: readonly string[];
  /** Epoch ms of `t_ms` 0. */
  epoch_ms: number;
  phases: PhaseSpan[];
  faults: FaultSpan[];
  probes: RecordOf<"probe">[];
  load: RecordOf<"load">[];
  /** The load with the durations due in each window; of other profiles the same as `load`. */
  load_due: RecordOf<"load">[];
  hops: RecordOf<"hop">[];
  sources: RecordOf<"source">[];
  stats: RecordOf<"stats">[];
  process_samples: RecordOf<"process_sample">[];
  processes: RecordOf<"process">[];
  /** When each of several subjects did not run, by its number. */
  down: ReadonlyMap<number, readonly Span[]>;
  roles: readonly RoleSpan[];
  logs: RecordOf<"log">[];
  rollbacks: RecordOf<"rollback">[];
  troubles: RecordOf<"trouble">[];
  end: RecordOf<"end"> | null;
  last_ms: number;
}

/** Sorts a journal by kind; null without its first line, which holds the claims. */
export function readRun(records: readonly JournalRecord[]): Run | null {
  const written = records.find((record) => record.kind === "run");
  if (written === undefined) return null;
  const { conditions } = written.plan;
  const known = conditions.filter(({ measure }) => Object.hasOwn(MEASURES, measure));
  const header = { ...written, plan: { ...written.plan, conditions: known } };
  const of = <K extends Kind>(kind: K) =>
    records.filter((record): record is RecordOf<K> => record.kind === kind)
      .toSorted((a, b) => a.t_ms - b.t_ms);
  const load = of("load");
  const end = of("end").at(-1) ?? null;
  const processes = of("process"), stats = of("stats");
  const last_ms = records.reduce((last, { t_ms }) => Math.max(last, t_ms), 0);
  return {
    header,
    unknown_measures: conditions.filter((one) => !known.includes(one)).map((one) => one.measure),
    epoch_ms: Date.parse(header.started_at),
    phases: phaseSpans(records, end?.t_ms ?? last_ms),
    faults: faultSpans(header, records),
    probes: of("probe"),
    load,
    load_due: dueWindows(load, header.plan.load),
    hops: of("hop"),
    sources: of("source"),
    stats,
    process_samples: of("process_sample"),
    processes,
    down: downSpans(header.plan.settings, processes),
    roles: rolesOf(stats),
    logs: of("log"),
    rollbacks: of("rollback"),
    troubles: of("trouble"),
    end,
    last_ms,
  };
}

function phaseSpans(records: readonly JournalRecord[], end_ms: number): PhaseSpan[] {
  const starts = records.filter((record) => record.kind === "phase");
  return starts.map(({ phase, t_ms }, i) => ({
    phase,
    from_ms: t_ms,
    to_ms: starts[i + 1]?.t_ms ?? end_ms,
  }));
}

function faultSpans(header: RunRecord, records: readonly JournalRecord[]): FaultSpan[] {
  const changes = records.filter((record) => record.kind === "fault");
  return header.plan.faults.flatMap(({ id, fault }) => {
    const on = changes.find((record) => record.id === id && record.action === "on");
    if (on === undefined) return [];
    const offs = changes.filter((record) => record.id === id && record.action === "off");
    const off = offs.find(({ error }) => error === null) ?? offs.at(-1);
    return [{
      id,
      fault,
      apply_ms: on.t_ms - on.took_ms,
      on_ms: on.t_ms,
      off_ms: off === undefined || off.error !== null ? null : off.t_ms,
      on_error: on.error,
      off_error: off?.error ?? null,
    }];
  });
}
