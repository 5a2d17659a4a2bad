/** Failed polls, as the subject tells them in its log or counts them. */
import type { Decision } from "../judgement.ts";
import type { Run, Span } from "../run.ts";

/** Failed polls in a span. */
export interface FailuresSeen {
  /** As many as its counters or its log tell, whichever is more. */
  count: number;
  first: Decision | null;
}

/** null where the subject tells nothing of failed polls. */
export function failuresSeen(run: Run, { from_ms, to_ms }: Span): FailuresSeen | null {
  const polls = run.logs.filter(({ line }) => String(line.event).startsWith("poll."));
  const counted = run.stats.filter(({ failures }) => failures !== null);
  if (polls.length === 0 && counted.length === 0) return null;
  const inside = ({ t_ms }: { t_ms: number }) => t_ms >= from_ms && t_ms <= to_ms;
  const logged = polls.filter(inside).filter(({ line }) => line.event === "poll.error");
  const found: Decision[] = [];
  if (logged.length > 0) {
    const { t_ms, line } = logged[0];
    found.push({ t_ms, text: `log: poll.error, cause ${line.cause}: ${line.detail ?? ""}` });
  }
  let grown = 0;
  for (const subject of new Set(counted.map((stats) => stats.subject))) {
    const of_subject = counted.filter((stats) => stats.subject === subject);
    let before = of_subject.findLast(({ t_ms }) => t_ms < from_ms)?.failures ?? 0;
    for (const stats of of_subject.filter(inside)) {
      const failures = stats.failures ?? 0;
      if (failures > before) {
        found.push({ t_ms: stats.t_ms, text: `stats: ${failures} failed polls, ${before} before` });
        grown += failures - before;
      }
      before = failures;
    }
  }
  found.sort((a, b) => a.t_ms - b.t_ms);
  return { count: Math.max(logged.length, grown), first: found[0] ?? null };
}
