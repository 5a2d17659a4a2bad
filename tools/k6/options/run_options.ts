/** Merged options with all defaults filled in. */
import { parseDuration } from "../duration.ts";
import { ConfigProblem } from "../exit_codes.ts";
import { TREND_STATS_DEFAULT } from "../metrics/engine.ts";
import type { K6Options } from "./option_table.ts";
import { deriveScenarios, writtenScenarios } from "./scenario_reader.ts";

/** Options of a run, see {@link resolveOptions}. */
export type RunOptions = Readonly<ReturnType<typeof resolveOptions>>;

export const SYSTEM_TAGS_DEFAULT: readonly string[] =
  ("proto subproto status method url name group check error error_code tls_version scenario " +
    "service expected_response").split(" ");

/** k6 options that this runner rejects: without them a different load would run. */
const UNSUPPORTED = ["executionSegment", "executionSegmentSequence", "paused"] as const;

/** Fills in k6's defaults. @throws {ConfigProblem} The options are invalid or not supported. */
export function resolveOptions(merged: K6Options) {
  const unsupported = UNSUPPORTED.filter((name) => merged[name]);
  if (unsupported.length > 0) {
    throw new ConfigProblem(unsupported.map((name) => `${name}: is not supported: remove it`));
  }
  return {
    scenarios: deriveScenarios(merged),
    thresholds: merged.thresholds ?? {},
    setup_timeout_ms: parseDuration(merged.setupTimeout ?? "60s"),
    teardown_timeout_ms: parseDuration(merged.teardownTimeout ?? "60s"),
    handle_summary_timeout_ms: parseDuration(merged.handleSummaryTimeout ?? "2m"),
    min_iteration_duration_ms: parseDuration(merged.minIterationDuration ?? 0),
    /** Parallel requests of one `http.batch`; 0: no limit. */
    batch: merged.batch ?? 20,
    batch_per_host: merged.batchPerHost ?? 6,
    max_redirects: merged.maxRedirects ?? 10,
    /** Requests per second over all VUs; 0: no limit. */
    rps: merged.rps ?? 0,
    /** Null: the default of the runner. */
    user_agent: merged.userAgent ?? null,
    throws: merged.throw ?? false,
    discard_response_bodies: merged.discardResponseBodies ?? false,
    no_connection_reuse: merged.noConnectionReuse ?? false,
    no_vu_connection_reuse: merged.noVUConnectionReuse ?? false,
    no_cookies_reset: merged.noCookiesReset ?? false,
    tags: merged.tags ?? {},
    system_tags: merged.systemTags ?? SYSTEM_TAGS_DEFAULT,
    summary_trend_stats: merged.summaryTrendStats ?? TREND_STATS_DEFAULT as readonly string[],
    /** Unit of times in the text summary; null: chosen for each time. */
    summary_time_unit: merged.summaryTimeUnit ?? null,
    /** All options, in the form of `exec.test.options`, with the scenario of shortcuts. */
    merged: { ...merged, scenarios: writtenScenarios(merged) },
  };
}
