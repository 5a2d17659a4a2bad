/** What the source really said, and how old an answer's data really is. */
import type { ProbeRecord, SourceRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";

/** Looks things up in what the source said. */
export interface Truth {
  /** The snapshot an answer comes from; null where it cannot be told. */
  snapshotOf(probe: ProbeRecord): SourceRecord | null;
  /** The snapshot of this id. */
  byId(snapshot_id: string): SourceRecord | null;
  /** What a snapshot said of the cell that was asked for; undefined where it has no such cell. */
  said(source: SourceRecord, probe: ProbeRecord): string | undefined;
  /** Snapshots that held exactly the answer's value, in order. */
  holding(probe: ProbeRecord): SourceRecord[];
  /** Whether the answer's switch and metric were watched at all. */
  watched(probe: ProbeRecord): boolean;
}

/** Key of a value in {@link SourceRecord.values}. */
export function valueKey(switch_id: string, metric: string): string {
  return `${switch_id} ${metric}`;
}

/** The truth of a run. */
export function truthOf(run: Run): Truth {
  const by_id = new Map(run.sources.map((source) => [source.snapshot_id, source]));
  const by_value = new Map<string, SourceRecord[]>();
  const keys = new Set<string>();
  for (const source of run.sources) {
    for (const [key, value] of Object.entries(source.values)) {
      keys.add(key);
      const held = `${key} ${value}`;
      by_value.set(held, [...by_value.get(held) ?? [], source]);
    }
  }
  // Where ETags lie, an id says nothing about the data that came with it.
  const ids_lie = run.header.plan.faults.some(({ fault }) => fault.kind === "http.bad_etag");
  const truth: Truth = {
    byId: (snapshot_id) => by_id.get(snapshot_id) ?? null,
    said: ({ values }, { switch_id, metric }) =>
      switch_id === null || metric === null ? undefined : values[valueKey(switch_id, metric)],
    watched: ({ switch_id, metric }) =>
      switch_id !== null && metric !== null && keys.has(valueKey(switch_id, metric)),
    holding: ({ switch_id, metric, value }) =>
      switch_id === null || metric === null || value === null
        ? []
        : by_value.get(`${valueKey(switch_id, metric)} ${value}`) ?? [],
    snapshotOf(probe) {
      const told = probe.snapshot_id === null || ids_lie ? null : truth.byId(probe.snapshot_id);
      // By its value, the newest that could have given it: in the subject's favor.
      const answered_ms = run.epoch_ms + probe.t_ms;
      return told ??
        truth.holding(probe).findLast(({ taken_ms }) => taken_ms <= answered_ms) ?? null;
    },
  };
  return truth;
}

/** How old the answer's data was at least, when it was asked for: in the subject's favor. */
export function trueAge(run: Run, probe: ProbeRecord, snapshot: SourceRecord): number {
  return run.epoch_ms + probe.t_ms - probe.latency_ms - snapshot.taken_ms;
}
