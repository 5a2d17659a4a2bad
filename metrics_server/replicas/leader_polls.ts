/**
 * The leader's report of its polls, which its followers show as theirs: a follower does not poll,
 * but must show that the source is down.
 */
import { CIRCUIT_STATES } from "../../contracts/mod.ts";
import type { PollerStats } from "../poll/mod.ts";

/** Stats about the source; the counters of polls stay each replica's own. */
const MEMBERS = [
  "consecutive_failures",
  "last_success",
  "last_error",
  "backoff_ms",
  "circuit",
  "restored",
] as const;

export type LeaderPolls = Pick<PollerStats, typeof MEMBERS[number]>;

/** What a leader reports to its followers. */
export interface LeaderReport {
  readonly polls: LeaderPolls;
  /** How long it has held a snapshot unpublished. */
  readonly unpublished_ms: number;
}

/** A report as JSON. */
export function reportText(stats: PollerStats, unpublished_ms: number): string {
  const members = [...MEMBERS, "cause", "detail", "at", "unpublished_ms"];
  return JSON.stringify({ ...stats, unpublished_ms }, members);
}

/** Reads a report; null for a text of another form, which another version may have written. */
export function readReport(text: string): LeaderReport | null {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return null;
  }
  const { unpublished_ms = 0, ...members } = report ?? {};
  const { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error } = members;
  const is_valid = [unpublished_ms, consecutive_failures, backoff_ms].every(Number.isFinite) &&
    CIRCUIT_STATES.includes(circuit) && typeof restored === "boolean" &&
    (last_success === null || isTime(last_success)) &&
    (last_error === null || isTime(last_error?.at) && isText(last_error.cause) &&
        isText(last_error.detail));
  if (!is_valid) return null;
  const polls = { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error };
  return { polls, unpublished_ms };
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
