/** The environment and `.env`, read as the services read them. */
import { SPEC as DATA_SPEC } from "../../data_server/mod.ts";
import {
  idColumns,
  maxStaleMs,
  METRICS_SERVER_SPEC,
  readMetricsServerConfig,
  type TimeSettings,
} from "../../metrics_server/mod.ts";
import {
  type Clamped,
  ConfigError,
  type Env,
  type Ignored,
  readConfig,
} from "../../platform/mod.ts";
import { LAUNCH_SPEC, type LaunchConfig, upstreamUrl } from "../config.ts";
import { type Finding, finding, ok } from "./finding.ts";

export interface Settings {
  readonly data_port: number;
  readonly metrics_port: number;
  readonly sources: readonly string[];
  /** Whether UPSTREAM_URL names the sources; else the simulator is the source. */
  readonly are_named: boolean;
  readonly id_columns: readonly (readonly string[])[];
  readonly row_times: TimeSettings;
  /** Infinity if data of any age is served. */
  readonly max_stale_ms: number;
  readonly poll_timeout_ms: number;
}

/** Every variable that is read. */
export const VARIABLES: readonly string[] = [
  ...new Set([DATA_SPEC, METRICS_SERVER_SPEC, LAUNCH_SPEC].flatMap((spec) => Object.keys(spec))),
];

/** Reads the settings; null if one is invalid, which the findings name. */
export function judgeConfig(
  env: Env,
  ignored: readonly Ignored[] = [],
): { findings: Finding[]; settings: Settings | null } {
  const problems: string[] = [];
  const clamped: Clamped[] = [];
  const read = <T>(config: () => { config: T; clamped: Clamped[] }): T | null => {
    try {
      const reading = config();
      clamped.push(...reading.clamped);
      return reading.config;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return null;
    }
  };
  const launch = read<LaunchConfig>(() => readConfig(LAUNCH_SPEC, env));
  read(() => readConfig(DATA_SPEC, env));
  const metrics = read(() => readMetricsServerConfig(env));
  const check = "settings";
  if (launch === null || metrics === null || problems.length > 0) {
    const unique = [...new Set(problems)];
    const advice = "correct it in .env or in the environment";
    return {
      findings: unique.map((problem) => finding("broken", check, problem, advice)),
      settings: null,
    };
  }
  const by_variable = new Map(clamped.map((one) => [one.variable, one]));
  const warnings = [...by_variable.values()].map(({ variable, value, used, min, max }) =>
    finding(
      "warning",
      check,
      `${variable}=${value} is out of range: ${used} is used`,
      `set it to ${min}–${max}`,
    )
  );
  for (const { detail } of ignored) {
    warnings.push(finding("warning", check, detail, "it is ignored: correct it, or remove it"));
  }
  const { UPSTREAM_URL } = launch;
  return {
    findings: warnings.length > 0 ? warnings : [ok(check, settingsFound(env))],
    settings: {
      data_port: launch.DATA_PORT,
      metrics_port: launch.METRICS_PORT,
      sources: UPSTREAM_URL === undefined
        ? [upstreamUrl(launch, `http://127.0.0.1:${launch.DATA_PORT}`)]
        : metrics.UPSTREAM_URL,
      are_named: UPSTREAM_URL !== undefined,
      id_columns: idColumns(metrics),
      row_times: { column: metrics.TIME_COLUMN, unit: metrics.TIME_UNIT },
      max_stale_ms: maxStaleMs(metrics),
      poll_timeout_ms: metrics.POLL_TIMEOUT_MS,
    },
  };
}

function settingsFound(env: Env): string {
  const names = VARIABLES.filter((name) => (env[name] ?? "") !== "");
  return names.length === 0 ? "all at their defaults" : `set: ${names.join(", ")}`;
}
