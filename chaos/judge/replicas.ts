/** The replicas of a run: when each was down by a fault, and which role it had when. Pure. */
import type { JournalRecord } from "../journal/mod.ts";
import type { Settings } from "../vocabulary/mod.ts";
import type { Span } from "./judgement.ts";

type RecordOf<K extends JournalRecord["kind"]> = Extract<JournalRecord, { kind: K }>;

/** A process's name ends with its number from 2 on: `subject`, `subject-2`, … */
const SUBJECT_PROCESS = /^subject(?:-(\d+))?$/;

/** A process that continues first answers the probes that waited, in milliseconds. */
const WAKE_MS = 100;

/** Longest time between two samples of a role that count as one period, in milliseconds. */
const ROLE_GAP_MS = 1_500;

/** The subject's number from 0; null for any other process. */
export function subjectOf(process: string): number | null {
  const match = SUBJECT_PROCESS.exec(process);
  return match === null ? null : Number(match[1] ?? 1) - 1;
}

/**
 * When each of several subjects did not run: killed, stopped, ended, or not ready yet. Empty for a
 * single subject, because its clients have no other one.
 */
export function downSpans(
  { subjects }: Pick<Settings, "subjects">,
  records: readonly RecordOf<"process">[],
): Map<number, Span[]> {
  const down = new Map<number, Span[]>();
  if (subjects < 2) return down;
  for (const { process, action, t_ms } of records) {
    const subject = subjectOf(process);
    if (subject === null) continue;
    const spans = down.getOrInsertComputed(
      subject,
      () => [{ from_ms: -Infinity, to_ms: Infinity }],
    );
    const last = spans[spans.length - 1];
    const is_down = last.to_ms === Infinity;
    if (action === "ready") last.to_ms = Math.min(last.to_ms, t_ms);
    else if (action === "continued") last.to_ms = Math.min(last.to_ms, t_ms + WAKE_MS);
    else if (!is_down) spans.push({ from_ms: t_ms, to_ms: Infinity });
  }
  return down;
}

/** A time in which a replica had one role under one lease. */
export interface RoleSpan extends Span {
  subject: number;
  /** `leader`, `follower` or `alone`. */
  role: string;
  fence: number | null;
}

/** The roles of each replica over time, as its `/stats` reported them. */
export function rolesOf(stats: readonly RecordOf<"stats">[]): RoleSpan[] {
  const spans: RoleSpan[] = [];
  const latest = new Map<number, RoleSpan>();
  for (const { t_ms, subject, role = null, fence = null } of stats) {
    if (role === null) continue;
    const last = latest.get(subject);
    const joins = last !== undefined && t_ms - last.to_ms <= ROLE_GAP_MS;
    if (joins) last.to_ms = t_ms;
    if (joins && last.role === role && last.fence === fence) continue;
    const next = { subject, role, fence, from_ms: t_ms, to_ms: t_ms };
    spans.push(next);
    latest.set(subject, next);
  }
  return spans;
}

/** A replica that became leader. */
export interface Election {
  /** When it was first seen to lead. */
  t_ms: number;
  subject: number;
  fence: number | null;
}

/** Each change of the leader, or of its fencing number, in order of time. */
export function electionsOf(roles: readonly RoleSpan[]): Election[] {
  const leading = roles.filter(({ role }) => role === "leader")
    .toSorted((a, b) => a.from_ms - b.from_ms);
  return leading.filter(({ subject, fence }, i) =>
    i === 0 || leading[i - 1].subject !== subject || leading[i - 1].fence !== fence
  ).map(({ from_ms, subject, fence }) => ({ t_ms: from_ms, subject, fence }));
}
