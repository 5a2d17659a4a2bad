/** A journal, sorted by kind: what every measure reads from. */
import type {
  EndRecord,
  HopRecord,
  JournalRecord,
  LoadRecord,
  LogRecord,
  ProbeRecord,
  ProcessRecord,
  ProcessSampleRecord,
  RollbackRecord,
  RunRecord,
  SourceRecord,
  StatsRecord,
  TroubleRecord,
} from "../journal/mod.ts";
import { type Fault, wavesOf } from "../vocabulary/mod.ts";
import { dueWindows } from "./due_windows.ts";
import type { PhaseSpan } from "./judgement.ts";

/** A fault while it was on. */
export interface FaultSpan {
  id: string;
  fault: Fault;
  /** When putting it on began: from then on it may act. */
  asked_ms: number;
  /** When it was on. */
  on_ms: number;
  /** When it was off again; null where the journal does not say so. */
  off_ms: number | null;
  on_error: string | null;
  off_error: string | null;
}

/** The journal by kind. */
export interface Run {
  header: RunRecord;
  /** Epoch ms of `t_ms` 0. */
  epoch_ms: number;
  phases: PhaseSpan[];
  faults: FaultSpan[];
  probes: ProbeRecord[];
  load: LoadRecord[];
  /** The load with the durations of what was due in each window; as it is where it is not waves. */
  load_due: LoadRecord[];
  hops: HopRecord[];
  sources: SourceRecord[];
  stats: StatsRecord[];
  process_samples: ProcessSampleRecord[];
  processes: ProcessRecord[];
  logs: LogRecord[];
  rollbacks: RollbackRecord[];
  troubles: TroubleRecord[];
  end: EndRecord | null;
  last_ms: number;
}

/** Sorts a journal; null where its first line is missing, so that nobody knows what was claimed. */
export function readRun(records: readonly JournalRecord[]): Run | null {
  const header = records.find((record) => record.kind === "run");
  if (header === undefined) return null;
  const of = <K extends JournalRecord["kind"]>(kind: K) =>
    records.filter((record): record is Extract<JournalRecord, { kind: K }> => record.kind === kind)
      .toSorted((a, b) => a.t_ms - b.t_ms);
  const load = of("load"), waves = wavesOf(header.plan.load);
  const end = of("end").at(-1) ?? null;
  const last_ms = records.reduce((last, { t_ms }) => Math.max(last, t_ms), 0);
  return {
    header,
    epoch_ms: Date.parse(header.started_at),
    phases: phaseSpans(records, end?.t_ms ?? last_ms),
    faults: faultSpans(header, records),
    probes: of("probe"),
    load,
    load_due: waves === null ? load : dueWindows(load, waves),
    hops: of("hop"),
    sources: of("source"),
    stats: of("stats"),
    process_samples: of("process_sample"),
    processes: of("process"),
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
  const told = records.filter((record) => record.kind === "fault");
  return header.plan.faults.flatMap(({ id, fault }) => {
    const on = told.find((record) => record.id === id && record.action === "on");
    if (on === undefined) return [];
    const offs = told.filter((record) => record.id === id && record.action === "off");
    const off = offs.find(({ error }) => error === null) ?? offs.at(-1);
    return [{
      id,
      fault,
      asked_ms: on.t_ms - on.took_ms,
      on_ms: on.t_ms,
      off_ms: off === undefined || off.error !== null ? null : off.t_ms,
      on_error: on.error,
      off_error: off?.error ?? null,
    }];
  });
}
