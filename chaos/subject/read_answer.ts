/** Reads age, value and counters from a subject's answers, as its subject file describes them. */
import type { ProbeRecord } from "../journal/mod.ts";
import { AGE_UNITS, type AgeUnit, CSV_VALUE, type Subject } from "./subject.ts";

interface SubjectAnswer {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The request of an answer. */
interface ValueRequest {
  readonly switch_id: string;
  readonly metric: string;
  /** Time of the answer, in milliseconds since the epoch. */
  readonly at_ms: number;
}

/** The watched cells, and the time of a list. */
interface ListRequest {
  readonly cells: readonly Pick<ValueRequest, "switch_id" | "metric">[];
  readonly at_ms: number;
}

/** Readings of a value probe; null if the answer lacks them. */
export type ValueReading = Pick<
  ProbeRecord,
  "age_ms" | "body_age_ms" | "value" | "snapshot_id"
>;

export function readValueAnswer(
  subject: Subject,
  answer: SubjectAnswer,
  { switch_id, metric, at_ms }: ValueRequest,
): ValueReading {
  if (subject.value === CSV_VALUE) {
    const value = cellOf(new TextDecoder().decode(answer.body), switch_id, metric);
    return { age_ms: ageOf(subject, answer, at_ms), value, snapshot_id: null };
  }
  const json = jsonOf(answer.body), { age } = subject;
  return {
    age_ms: ageOf(subject, answer, at_ms, json),
    ...(age !== null && "header" in age && age.pointer !== undefined
      ? { body_age_ms: ageIn(numberAt(json, age.pointer), age.unit, at_ms) }
      : {}),
    value: textAt(json, subject.value),
    snapshot_id: textAt(json, subject.snapshot_id),
  };
}

/** A cell of the source's table, whose first column has the switches; null if there is none. */
function cellOf(csv: string, switch_id: string, metric: string): string | null {
  const [header, ...rows] = csv.split("\n").map((line) => line.trimEnd());
  const column = header.split(",").indexOf(metric);
  const row = rows.find((row) => row.startsWith(`${switch_id},`));
  return column < 1 ? null : row?.split(",")[column] ?? null;
}

/** Longest list that is read, in bytes: a larger one would delay the lab's own probes. */
const LIST_BYTES_MAX = 1_048_576;

/**
 * Readings of a list probe: the watched cells, the age in the body, and the snapshot. Without
 * places in the subject file, and for a list that is too long, only the age of its headers.
 */
export function readListAnswer(
  subject: Subject,
  answer: SubjectAnswer,
  { cells, at_ms }: ListRequest,
): Pick<ProbeRecord, "age_ms" | "snapshot_id" | "list"> {
  const { list, age } = subject;
  if (list === null || answer.body.length > LIST_BYTES_MAX) {
    return { age_ms: readAge(subject, answer, at_ms), snapshot_id: null };
  }
  const json = jsonOf(answer.body);
  const items = valueAt(json, list.items);
  const rows: readonly unknown[] = Array.isArray(items) ? items : [];
  const by_id = new Map(rows.map((row) => [textAt(row, pointerTo(list.switch_id)), row]));
  const values: Record<string, string | null> = {};
  for (const { switch_id, metric } of cells) {
    const row = by_id.get(switch_id);
    const pointer = pointerTo(metric);
    if (valueAt(row, pointer) === undefined) continue;
    values[`${switch_id} ${metric}`] = textAt(row, pointer);
  }
  const age_ms = age === null ? null : ageIn(numberAt(json, list.age), age.unit, at_ms);
  return {
    age_ms: age !== null && "header" in age ? ageOf(subject, answer, at_ms) : age_ms,
    snapshot_id: textAt(json, list.snapshot_id),
    list: { rows: rows.length, age_ms, values },
  };
}

/** Age from an answer to any probe; parses the body only if the age is in it. */
export function readAge(subject: Subject, answer: SubjectAnswer, at_ms: number): number | null {
  const is_in_body = subject.age !== null && !("header" in subject.age);
  return ageOf(subject, answer, at_ms, is_in_body ? jsonOf(answer.body) : undefined);
}

export function readStatsAnswer({ poller, replica }: Subject, answer: SubjectAnswer) {
  const json = jsonOf(answer.body);
  return {
    polls: numberAt(json, poller.polls),
    failures: numberAt(json, poller.failures),
    failures_by_cause: countsAt(json, poller.failures_by_cause),
    circuit: textAt(json, poller.circuit),
    event_loop_block_max_ms: numberAt(json, poller.event_loop_block_max_ms),
    role: textAt(json, replica.role),
    fence: numberAt(json, replica.fence),
  };
}

function ageOf(
  { age }: Subject,
  answer: SubjectAnswer,
  at_ms: number,
  json?: unknown,
): number | null {
  if (age === null) return null;
  const value = "header" in age
    ? numberIn(answer.headers.find(([name]) => name.toLowerCase() === age.header)?.[1])
    : numberAt(json, age.pointer);
  return ageIn(value, age.unit, at_ms);
}

function ageIn(value: number | null, unit: AgeUnit, at_ms: number): number | null {
  if (value === null) return null;
  const unit_ms = AGE_UNITS[unit];
  return unit_ms === null ? at_ms - value : value * unit_ms;
}

function numberIn(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

function countsAt(json: unknown, pointer: string | null): Record<string, number> {
  const counts = pointer === null ? null : valueAt(json, pointer);
  if (typeof counts !== "object" || counts === null) return {};
  return Object.fromEntries(
    Object.entries(counts)
      .map(([name, count]) => [name, count instanceof Digits ? Number(count.text) : NaN] as const)
      .filter(([, count]) => Number.isFinite(count)),
  );
}

/** Undefined if the body is not JSON, such as an error page. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return parseKeepingDigits(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** A number as written: a double cannot hold `9007199254740993`. */
class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Parses JSON with its numbers as {@link Digits}. Throws SyntaxError. */
export function parseKeepingDigits(text: string): unknown {
  const keep = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new Digits(context?.source ?? String(value)) : value;
  return JSON.parse(text, keep);
}

/** The value at a JSON pointer (RFC 6901); undefined if it is missing. */
export function valueAt(root: unknown, pointer: string): unknown {
  if (pointer === "") return root;
  let at = root;
  for (const part of pointer.slice(1).split("/")) {
    if (typeof at !== "object" || at === null || at instanceof Digits) return undefined;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Pointer to a member of the root. */
function pointerTo(member: string): string {
  return `/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Text, a number's digits, or a boolean's word; null for anything else. */
export function textAt(root: unknown, pointer: string | null): string | null {
  const value = pointer === null ? null : valueAt(root, pointer);
  if (value instanceof Digits) return value.text;
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : null;
}

/** A finite number, or a text that is one; null for anything else. */
export function numberAt(root: unknown, pointer: string | null): number | null {
  const value = pointer === null ? null : valueAt(root, pointer);
  if (value instanceof Digits) return numberIn(value.text);
  return typeof value === "string" ? numberIn(value) : null;
}
