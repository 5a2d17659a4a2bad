/**
 * How the leader's polls fare, as its followers report it: a follower does not poll, and must
 * neither hide that the source is down nor look as if it waited for it.
 */
import { CIRCUIT_STATES } from "../../contracts/mod.ts";
import type { PollerStats } from "../poll/mod.ts";

/** Members of the stats that say how the source is; counters stay each replica's own. */
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
  /** How long it has held a snapshot that it has not published. */
  readonly unpublished_ms: number;
}

/** As JSON for the store. */
export function reportText(stats: PollerStats, unpublished_ms: number): string {
  const members = [...MEMBERS, "cause", "detail", "at", "unpublished_ms"];
  return JSON.stringify({ ...stats, unpublished_ms }, members);
}

/** Null for a text of another form: another version may have written it. */
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
