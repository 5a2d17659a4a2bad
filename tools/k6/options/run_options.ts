/** Merged options with all defaults filled in. */
import { ConfigProblem } from "../exit_codes.ts";
import { parseDuration } from "../duration.ts";
import { TREND_STATS_DEFAULT } from "../metrics/engine.ts";
import type { ThresholdTable } from "../metrics/thresholds.ts";
import { deriveScenarios } from "./scenario_reader.ts";
import type { K6Options } from "./option_table.ts";
import type { Scenario } from "./scenario.ts";

export interface RunOptions {
  scenarios: readonly Scenario[];
  thresholds: ThresholdTable;
  setup_timeout_ms: number;
  teardown_timeout_ms: number;
  handle_summary_timeout_ms: number;
  min_iteration_duration_ms: number;
  /** Parallel requests of one `http.batch`; 0: no limit. */
  batch: number;
  batch_per_host: number;
  max_redirects: number;
  /** Requests per second over all VUs; 0: no limit. */
  rps: number;
  /** Null: the default of the runner. */
  user_agent: string | null;
  throws: boolean;
  discard_response_bodies: boolean;
  no_connection_reuse: boolean;
  no_vu_connection_reuse: boolean;
  no_cookies_reset: boolean;
  insecure_skip_tls_verify: boolean;
  tags: Readonly<Record<string, string>>;
  system_tags: readonly string[];
  summary_trend_stats: readonly string[];
  /** Unit of times in the text summary; null: chosen for each time. */
  summary_time_unit: "s" | "ms" | "us" | null;
  /** All options, in the form of `exec.test.options`. */
  merged: K6Options;
}

export const SYSTEM_TAGS_DEFAULT = [
  "proto",
  "subproto",
  "status",
  "method",
  "url",
  "name",
  "group",
  "check",
  "error",
  "error_code",
  "tls_version",
  "scenario",
  "service",
  "expected_response",
] as const;

/** k6 options that this runner rejects: without them a different load would run. */
const UNSUPPORTED = ["executionSegment", "executionSegmentSequence", "paused"] as const;

/**
 * Fills in k6's defaults.
 *
 * @throws {ConfigProblem} The options are invalid or not supported.
 *
 * ```ts
 * resolveOptions(mergeOptions(script, optionsFromEnv(env), flags)).scenarios;
 * ```
 */
export function resolveOptions(merged: K6Options): RunOptions {
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
    batch: merged.batch ?? 20,
    batch_per_host: merged.batchPerHost ?? 6,
    max_redirects: merged.maxRedirects ?? 10,
    rps: merged.rps ?? 0,
    user_agent: merged.userAgent ?? null,
    throws: merged.throw ?? false,
    discard_response_bodies: merged.discardResponseBodies ?? false,
    no_connection_reuse: merged.noConnectionReuse ?? false,
    no_vu_connection_reuse: merged.noVUConnectionReuse ?? false,
    no_cookies_reset: merged.noCookiesReset ?? false,
    insecure_skip_tls_verify: merged.insecureSkipTLSVerify ?? false,
    tags: merged.tags ?? {},
    system_tags: merged.systemTags ?? SYSTEM_TAGS_DEFAULT,
    summary_trend_stats: merged.summaryTrendStats ?? TREND_STATS_DEFAULT,
    summary_time_unit: merged.summaryTimeUnit ?? null,
    merged,
  };
}
