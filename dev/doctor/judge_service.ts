/** A running metrics_server: what it says of itself → findings. Pure. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** What `/readyz` and `/stats` answered. */
export interface ServiceProbe {
  readonly url: string;
  /** Status of `/readyz`. */
  readonly ready_status: number;
  readonly ready_detail: string;
  readonly stats: StatsAnswer;
}

/** Judges a running service; null where none runs. */
export function judgeService(probe: ServiceProbe | null): Finding[] {
  const check = "service";
  if (probe === null) {
    return [finding("note", check, "metrics_server is not started", "deno task dev starts it")];
  }
  const { url, ready_status, ready_detail, stats } = probe;
  const failing = stats.sources.filter(({ consecutive_failures }) => consecutive_failures > 0);
  const findings = failing.map(({ url, circuit, consecutive_failures, last_error }) =>
    finding(
      "broken",
      check,
      `polls of ${url} fail, ${consecutive_failures} in a row (circuit ${circuit}): ` +
        (last_error === null ? "no reason yet" : `${last_error.cause}: ${last_error.detail}`),
      "mend the source: the last good data is served meanwhile",
    )
  );
  if (ready_status !== 200) {
    findings.push(finding("broken", check, ready_detail, `see ${url}/stats`));
  }
  if (stats.log.lines_dropped > 0) {
    findings.push(finding(
      "warning",
      check,
      `${stats.log.lines_dropped} log lines were dropped`,
      "read its stdout faster, write it to a file, or LOG_LEVEL=WARN",
    ));
  }
  if (findings.length > 0) return findings;
  return [ok(check, `${stats.poller.rows} rows, ${stats.poller.age_ms} ms old; page at ${url}/`)];
}
