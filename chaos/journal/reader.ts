/** Reads a run's journal strictly: a verdict from a damaged one would be worth nothing. */
import type { JournalRecord } from "./records.ts";
import { missingField } from "./record_fields.ts";

/** Largest journal that is read, in bytes. */
export const JOURNAL_BYTES_MAX = 512 * 1024 * 1024;

/** A journal that cannot be judged; its message names the line. */
export class JournalError extends Error {
  override name = "JournalError";
}

/**
 * Records of a journal's text. A last line that is cut off (the lab was killed while it wrote) is
 * left out: the end record is then missing, and the judge says so. Anything else that is not a record
 * of a known kind with its fields is an error.
 *
 * @param name Told in messages.
 * @throws {JournalError} `run.ndjson:17: probe record without latency_ms (a number)`
 */
export function readJournal(text: string, name = "run.ndjson"): JournalRecord[] {
  const lines = text.split("\n");
  const cut_off = lines.pop();
  const records = lines.map((line, i) => readLine(line, `${name}:${i + 1}`));
  if (records.length === 0) {
    throw new JournalError(
      `${name}: holds no record${cut_off === "" ? "" : ", its only line is cut"}`,
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

/** Reads `run.ndjson`, or that of a run's folder. Throws {@link JournalError}, whatever is wrong. */
export async function readJournalFile(path: string): Promise<JournalRecord[]> {
  const info = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotRead(path, error);
    throw new JournalError(
      `${path}: no run there: give its folder, as out/chaos/…, or its run.ndjson`,
    );
  });
  const file = info.isDirectory ? `${path.replace(/\/+$/, "")}/run.ndjson` : path;
  try {
    const { size } = await Deno.stat(file);
    if (size <= JOURNAL_BYTES_MAX) return readJournal(await Deno.readTextFile(file), file);
    throw new JournalError(`${file}: ${size} bytes are more than ${JOURNAL_BYTES_MAX}`);
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
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new JournalError(`${place}: must be an object`);
  }
  const problem = missingField(value as Record<string, unknown>);
  if (problem !== null) throw new JournalError(`${place}: ${problem}`);
  return value as JournalRecord;
}
