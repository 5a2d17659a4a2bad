/**
 * How the leader's polls fare, as its followers report it: a follower does not poll, and must
 * neither hide that the source is down nor look as if it waited for it.
 */
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
  try {
    const polls = JSON.parse(text);
    const is_whole = MEMBERS.every((name) => polls[name] !== undefined);
    return is_whole
      ? Object.fromEntries(MEMBERS.map((name) => [name, polls[name]])) as LeaderPolls
      : null;
  } catch {
    return null;
  }
}
