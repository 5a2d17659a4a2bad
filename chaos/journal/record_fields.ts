/** Fields of each kind of record and their types, to check lines that come from a file. */
import type { JournalRecord } from "./records.ts";

type FieldType =
  | "number"
  | "string"
  | "boolean"
  | "number or null"
  | "string or null"
  | "object"
  | "list";

/** Fields a record has to have; those of older journals may lack what came later. */
type Fields<K extends JournalRecord["kind"]> = Record<
  Exclude<
    keyof Extract<JournalRecord, { kind: K }>,
    "kind" | "t_ms" | "evidence" | "tells" | "late"
  >,
  FieldType
>;

const FIELDS: { [K in JournalRecord["kind"]]: Fields<K> } = {
  run: {
    format: "number",
    run_id: "string",
    started_at: "string",
    plan: "object",
    seed: "number",
    engines: "object",
    machine: "string",
    subject: "string",
  },
  phase: { phase: "string" },
  fault: { id: "string", action: "string", took_ms: "number", error: "string or null" },
  probe: {
    probe: "string",
    status: "number",
    latency_ms: "number",
    age_ms: "number or null",
    snapshot_id: "string or null",
    switch_id: "string or null",
    metric: "string or null",
    value: "string or null",
    error: "string or null",
  },
  load: {
    window_ms: "number",
    requests: "number",
    failed: "number",
    durations: "list",
    age_max_ms: "number or null",
    vus: "number",
  },
  hop: {
    hop: "string or null",
    layer: "string",
    connections: "number",
    requests: "number or null",
    bytes_up: "number",
    bytes_down: "number",
    hits: "object",
  },
  source: { snapshot_id: "string", taken_ms: "number", values: "object" },
  stats: {
    subject: "number",
    polls: "number or null",
    failures: "number or null",
    failures_by_cause: "object",
    circuit: "string or null",
    event_loop_block_max_ms: "number or null",
  },
  process_sample: {
    process: "string",
    rss_mb: "number or null",
    sockets: "number or null",
    cpu_ms: "number or null",
  },
  process: { process: "string", action: "string", pid: "number", code: "number or null" },
  log: { process: "string", line: "object" },
  rollback: { step: "string", ok: "boolean", diff: "list" },
  trouble: { what: "string", detail: "string" },
  end: { clean: "boolean", left: "list" },
};

/** What is wrong with a record, or null: `probe record without latency_ms (number)`. */
export function missingField(record: Readonly<Record<string, unknown>>): string | null {
  const { kind, t_ms } = record;
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind)) {
    return `kind=${JSON.stringify(kind)}: must be one of ${Object.keys(FIELDS).join(", ")}`;
  }
  if (typeof t_ms !== "number") return `${kind} record without t_ms (number)`;
  for (const [name, type] of Object.entries(FIELDS[kind as JournalRecord["kind"]])) {
    if (!isOf(type, record[name])) return `${kind} record without ${name} (${type})`;
  }
  if (kind === "run" && record.format !== 1) {
    return `format ${record.format}: only format 1 can be read`;
  }
  return null;
}

function isOf(type: FieldType, value: unknown): boolean {
  switch (type) {
    case "number":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number or null":
      return value === null || typeof value === "number";
    case "string or null":
      return value === null || typeof value === "string";
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "list":
      return Array.isArray(value);
  }
}
