/** What the run's failures would cost of a service level. */
import type { Run } from "../run.ts";
import { BUDGET_MS, SLO } from "../limits.ts";
import { lengthOf, spansOf } from "../spans.ts";
import { loadErrorShare, probeErrorShare } from "./error_share.ts";

/**
 * Share of a 30-day error budget the run's failures use: burn rate (bad / total) / (1 − SLO), over
 * the run's part of 30 days (Beyer et al., "The Site Reliability Workbook", 2018, chapter 5).
 * Requests of the load count, or the probes where there is none. null without either.
 */
export function errorBudgetShare(run: Run): number | null {
  const spans = spansOf(run, "always");
  const share = loadErrorShare(run, spans).value ?? probeErrorShare(run, spans).value;
  if (share === null) return null;
  return share / (1 - SLO) * lengthOf(spans) / BUDGET_MS;
}
