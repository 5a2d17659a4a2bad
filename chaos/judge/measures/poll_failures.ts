/** Failed polls, as the subject tells them in its log or counts them. */
import type { Decision } from "../judgement.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";

/** Failed polls in a span. */
export interface FailuresSeen {
  /** As many as its counters or its log tell, whichever is more. */
  count: number;
  first: Decision | null;
  /** When no poll had failed yet, for certain; null where the first is told to the instant. */
  none_until_ms: number | null;
}

/** null where the subject tells nothing of failed polls. */
export function failuresSeen(run: Run, { from_ms, to_ms }: Span): FailuresSeen | null {
  const polls = run.logs.filter(({ line }) => String(line.event).startsWith("poll."));
  const counted = run.stats.filter(({ failures }) => failures !== null);
  if (polls.length === 0 && counted.length === 0) return null;
  const inside = ({ t_ms }: { t_ms: number }) => t_ms >= from_ms && t_ms <= to_ms;
  const logged = polls.filter(inside).filter(({ line }) => line.event === "poll.error");
  const found: (Decision & { none_until_ms: number | null })[] = [];
  if (logged.length > 0) {
    const { t_ms, line } = logged[0];
    const text = `log: poll.error, cause ${line.cause}: ${line.detail ?? ""}`;
    found.push({ t_ms, text, none_until_ms: null });
  }
  let grown = 0;
  for (const subject of new Set(counted.map((stats) => stats.subject))) {
    const of_subject = counted.filter((stats) => stats.subject === subject);
    const last = of_subject.findLast(({ t_ms }) => t_ms < from_ms);
    let before = last?.failures ?? 0, read_ms = last?.t_ms ?? from_ms;
    for (const stats of of_subject.filter(inside)) {
      const failures = stats.failures ?? 0;
      if (failures > before) {
        const text = `stats: ${failures} failed polls, ${before} before`;
        found.push({ t_ms: stats.t_ms, text, none_until_ms: read_ms });
        grown += failures - before;
      }
      before = failures;
      read_ms = stats.t_ms;
    }
  }
  found.sort((a, b) => a.t_ms - b.t_ms);
  const count = Math.max(logged.length, grown);
  if (found.length === 0) return { count, first: null, none_until_ms: null };
  const { none_until_ms, ...first } = found[0];
  return { count, first, none_until_ms };
}
