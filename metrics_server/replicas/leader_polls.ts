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

/** As JSON for the store. */
export function pollsText(stats: PollerStats): string {
  return JSON.stringify(stats, [...MEMBERS, "cause", "detail", "at"]);
}

/** Null for a text of another form: another version may have written it. */
export function parsePolls(text: string): LeaderPolls | null {
  let polls: LeaderPolls;
  try {
    polls = JSON.parse(text);
  } catch {
    return null;
  }
  const { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error } = polls ??
    {};
  const is_valid = Number.isFinite(consecutive_failures) && Number.isFinite(backoff_ms) &&
    CIRCUIT_STATES.includes(circuit) && typeof restored === "boolean" &&
    (last_success === null || isTime(last_success)) &&
    (last_error === null || isTime(last_error?.at) && isText(last_error.cause) &&
        isText(last_error.detail));
  if (!is_valid) return null;
  return { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error };
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
