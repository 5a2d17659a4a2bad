/**
 * `deno task doctor [--json]`: checks what both services need, reports problems and their remedies.
 * Exit code 0 if no check is broken, 1 if one is, 78 for an unknown argument.
 */
import {
  ConfigError,
  type Env,
  exitWithUsage,
  ignoredSettings,
  loadEnv,
  redacting,
  secretsOf,
} from "../../platform/mod.ts";
import { asJson, asScreen, exitCodeOf, type Finding } from "./finding.ts";
import { judgeConfig, type Settings, VARIABLES } from "./judge_config.ts";
import { judgeDeno, judgeK6, judgePort, judgeService, judgeToxiproxy } from "./judge_machine.ts";
import { judgeSource } from "./judge_source.ts";
import { probeK6, probePort, probeService, probeSource, probeToxiproxy } from "./probe.ts";

const USAGE = `Checks ports, settings, the source with its CSV and its clock, and tools.

deno task doctor         one screen: each check, its result, and what to do
deno task doctor --json  the same as JSON

Exit codes: 0 no check is broken, 1 a check is broken, 78 unknown argument.
`;

try {
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
    Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
    Deno.exit(0);
  }
  const is_json = wantsJson(Deno.args);
  const env = loadEnv();
  const secrets = (env.UPSTREAM_URL ?? "").split(/[\s,]+(?=\w+:\/\/)/).flatMap(secretsOf);
  const findings = hiding(secrets, await examine(env, Deno.env.get("TOXIPROXY_URL")));
  const text = is_json ? asJson(findings) : asScreen(findings);
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(exitCodeOf(findings));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}

function wantsJson(args: readonly string[]): boolean {
  const unknown = args.filter((arg) => arg !== "--json");
  if (unknown.length > 0) throw new ConfigError(`doctor takes --json, got ${unknown.join(" ")}`);
  return args.length > 0;
}

/** A source's answers and error messages may repeat its credentials. */
function hiding(secrets: readonly string[], findings: readonly Finding[]): Finding[] {
  return JSON.parse(JSON.stringify(findings, redacting(secrets)));
}

/**
 * All checks, causes first. The chaos lab reads TOXIPROXY_URL only from the process, not `.env`.
 */
async function examine(env: Env, toxiproxy_url?: string): Promise<Finding[]> {
  const { findings, settings } = judgeConfig(env, ignoredSettings(VARIABLES));
  const [around, toxiproxy, k6] = await Promise.all([
    settings === null ? [] : examineServices(settings),
    probeToxiproxy(toxiproxy_url),
    probeK6(),
  ]);
  return [
    judgeDeno(Deno.version.deno),
    ...findings,
    ...around,
    judgeToxiproxy(toxiproxy),
    judgeK6(k6),
  ];
}

async function examineServices(settings: Settings): Promise<Finding[]> {
  const { data_port, metrics_port, sources, are_named, poll_timeout_ms } = settings;
  const ports = await Promise.all([
    probePort({ port: data_port, variable: "DATA_PORT", service: "data_server" }),
    probePort({ port: metrics_port, variable: "METRICS_PORT", service: "metrics_server" }),
  ]);
  const [service, ...probes] = await Promise.all([
    probeService(metrics_port),
    ...sources.map((url) => probeSource(url, are_named, poll_timeout_ms)),
  ]);
  return [
    ...ports.map(judgePort),
    ...probes.flatMap((probe) => judgeSource(probe, settings)),
    ...judgeService(service),
  ];
}
