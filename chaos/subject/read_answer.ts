/** Reads a subject's answers by what its subject file says of them. */
import { Digits, numberAt, parseKeepingDigits, textAt, valueAt } from "./json_pointer.ts";
import { AGE_UNITS, type Subject } from "./subject.ts";

/** An answer as it came. */
export interface SubjectAnswer {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What a value probe wants to know. Each is null where the answer does not say. */
export interface ToldValue {
  readonly age_ms: number | null;
  readonly value: string | null;
  readonly snapshot_id: string | null;
}

/** What `/stats` tells; the fields of a `StatsRecord`. */
export interface ToldStats {
  readonly polls: number | null;
  readonly failures: number | null;
  readonly failures_by_cause: Readonly<Record<string, number>>;
  readonly circuit: string | null;
  readonly event_loop_block_max_ms: number | null;
}

/** Age, value and snapshot id of an answer to the value probe. */
export function readValueAnswer(subject: Subject, answer: SubjectAnswer): ToldValue {
  const json = jsonOf(answer.body);
  return {
    age_ms: ageOf(subject, answer, json),
    value: textAt(json, subject.value),
    snapshot_id: textAt(json, subject.snapshot_id),
  };
}

/** Age of an answer to any probe; its body is looked at only where the age is told there. */
export function readAge(subject: Subject, answer: SubjectAnswer): number | null {
  const is_in_body = subject.age !== null && "pointer" in subject.age;
  return ageOf(subject, answer, is_in_body ? jsonOf(answer.body) : undefined);
}

/** The poller's counters. */
export function readStatsAnswer({ poller }: Subject, answer: SubjectAnswer): ToldStats {
  const json = jsonOf(answer.body);
  return {
    polls: numberAt(json, poller.polls),
    failures: numberAt(json, poller.failures),
    failures_by_cause: countsAt(json, poller.failures_by_cause),
    circuit: textAt(json, poller.circuit),
    event_loop_block_max_ms: numberAt(json, poller.event_loop_block_max_ms),
  };
}

function ageOf({ age }: Subject, answer: SubjectAnswer, json: unknown): number | null {
  if (age === null) return null;
  const told = "header" in age
    ? numberIn(answer.headers.find(([name]) => name.toLowerCase() === age.header)?.[1])
    : numberAt(json, age.pointer);
  return told === null ? null : told * AGE_UNITS[age.unit];
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

/** undefined where the body is no JSON: an error page, an empty answer. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return parseKeepingDigits(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
