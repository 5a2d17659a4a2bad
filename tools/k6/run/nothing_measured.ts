/** Finds runs that measured nothing, which exit 0 as in k6; a message keeps them visible. */

interface RunCounts {
  readonly iterations_completed: number;
  readonly iterations_thrown: number;
  /** Requests with invalid URLs. */
  readonly requests_unsent: number;
  readonly has_requests: boolean;
  readonly has_checks: boolean;
}

/** Why the run measured nothing, or null. Pure. */
export function nothingMeasured(counts: RunCounts): string | null {
  const { iterations_completed, iterations_thrown, requests_unsent } = counts;
  if (counts.has_requests) return null;
  if (requests_unsent > 0) {
    return `The URL of every request (${requests_unsent}) is invalid, and no request was sent: ` +
      "this run measured nothing";
  }
  if (counts.has_checks) return null;
  if (iterations_completed === 0) return "No iteration was completed: this run measured nothing";
  if (iterations_thrown < iterations_completed) return null;
  return `Every iteration (${iterations_completed}) ended with an exception, and no request was ` +
    "sent: this run measured nothing";
}
