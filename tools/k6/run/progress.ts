/** How a run is going, in a line: rewritten on a terminal, a new one now and then elsewhere. */
import { formatDuration } from "../duration.ts";
import type { ScenarioProgress } from "../executors/mod.ts";
import type { MetricRegistry } from "../metrics/mod.ts";
import type { MetricEngine } from "../samples/mod.ts";
import { parseAggregation } from "../thresholds/mod.ts";

/** How often a terminal's line is rewritten, in milliseconds. */
export const PROGRESS_TTY_MS = 500;

/** How often a plain line is written, in milliseconds. */
export const PROGRESS_PLAIN_MS = 5_000;

const P95 = parseAggregation("p(95)");

/**
 * ```
 * running 12s, 100/100 VUs, 51234 iterations, 4271/s, 0 dropped, p95 1.92ms, 40%
 * ```
 */
export function progressLine(
  scenarios: readonly ScenarioProgress[],
  vus: number,
  elapsed_ms: number,
  registry: MetricRegistry,
  engine: MetricEngine,
): string {
  const sum = (pick: (one: ScenarioProgress) => number) =>
    scenarios.reduce((total, one) => total + pick(one), 0);
  const active = sum((one) => one.vus_active);
  const completed = sum((one) => one.iterations_completed);
  const dropped = sum((one) => one.iterations_dropped);
  const share = sum((one) => one.progress) / Math.max(scenarios.length, 1);
  const p95 = engine.figure(registry.builtin("http_req_duration"), P95, elapsed_ms);
  const rate = elapsed_ms > 0 ? completed * 1000 / elapsed_ms : 0;
  return [
    `running ${formatDuration(Math.round(elapsed_ms / 100) * 100)}`,
    `${active}/${vus} VUs`,
    `${completed} iterations`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(Number.isNaN(p95) ? [] : [`p95 ${p95.toFixed(2)}ms`]),
    `${Math.floor(share * 100)}%`,
  ].join(", ");
}
