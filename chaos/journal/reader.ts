/** Reads a run's journal strictly: a verdict on a damaged journal would be worthless. */
import type { JournalRecord } from "./records.ts";

const JOURNAL_BYTES_MAX = 512 * 1024 * 1024;

/** A journal that cannot be judged. The message names the line. */
export class JournalError extends Error {
  override name = "JournalError";
}

/**
 * The records of a journal's text.
 *
 * A truncated last line is dropped: the lab was killed while it wrote, so the end record is
 * missing, and the verdict reports that. Any other line must be a record of a known kind with all
 * its fields.
 *
 * @param name File name for messages.
 * @throws {JournalError} `run.ndjson:17: probe record without latency_ms (number)`
 */
export function readJournal(text: string, name = "run.ndjson"): JournalRecord[] {
  const lines = text.split("\n");
  const truncated = lines.pop() !== "";
  const records = lines.map((line, i) => readLine(line, `${name}:${i + 1}`));
  if (records.length === 0) {
    throw new JournalError(
      `${name}: no record${truncated ? ", and the only line is truncated" : ""}`,
    );
  }
  if (records[0].kind !== "run") {
    throw new JournalError(`${name}:1: must be the run record, is a ${records[0].kind} record`);
  }
  const again = records.findIndex((record, i) => i > 0 && record.kind === "run");
  if (again !== -1) throw new JournalError(`${name}:${again + 1}: a second run record`);
  const end = records.findIndex((record) => record.kind === "end");
  if (end !== -1 && end !== records.length - 1) {
    throw new JournalError(`${name}:${end + 2}: a record after the end record`);
  }
  return records;
}

/** Reads `run.ndjson`, given its path or its folder. Throws {@link JournalError} on any failure. */
export async function readJournalFile(path: string): Promise<JournalRecord[]> {
  const info = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotRead(path, error);
    throw new JournalError(
      `${path}: no run there: give its folder, like out/chaos/…, or its run.ndjson`,
    );
  });
  const file = info.isDirectory ? `${path.replace(/\/+$/, "")}/run.ndjson` : path;
  try {
    const { size } = await Deno.stat(file);
    if (size <= JOURNAL_BYTES_MAX) return readJournal(await Deno.readTextFile(file), file);
    throw new JournalError(`${file}: ${size} bytes, must be at most ${JOURNAL_BYTES_MAX}`);
  } catch (error) {
    throw error instanceof JournalError ? error : cannotRead(file, error as Error);
  }
}

function cannotRead(file: string, { message }: Error): JournalError {
  return new JournalError(`Cannot read the journal ${file}: ${message}`);
}

function readLine(line: string, place: string): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new JournalError(`${place}: not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isOf("object", value)) throw new JournalError(`${place}: must be an object`);
  const problem = problemOf(value as Record<string, unknown>);
  if (problem !== null) throw new JournalError(`${place}: ${problem}`);
  return value as JournalRecord;
}

type BaseType = "number" | "string" | "boolean" | "object" | "list" | "null";
type FieldType = BaseType | "number or null" | "string or null";

/** Required fields of a record. Fields that older journals lack are optional. */
type Fields<K extends JournalRecord["kind"]> = Record<
  Exclude<RequiredKeys<Extract<JournalRecord, { kind: K }>>, "kind" | "t_ms">,
  FieldType
>;

type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

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
function problemOf(record: Readonly<Record<string, unknown>>): string | null {
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
  const base = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  return type.split(" or ").includes(base);
}
