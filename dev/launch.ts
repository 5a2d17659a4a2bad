/**
 * `deno task dev`: data_server and metrics_server as two child processes, with one stream of log on
 * stdout: NDJSON, on a terminal lines for people. If one ends, the other runs on, so that its stale
 * data can be seen; with `--fail-fast` it is stopped, and the exit code is the ended service's, or
 * 1 instead of 0. SIGINT, SIGTERM, SIGHUP and the end of the parent process stop both: exit code 0.
 *
 * `deno task dev:cluster` (argument `cluster`) starts replicas with Redis and HAProxy instead, and
 * starts a process again that ended. The field `instance` names the replica of a line.
 *
 * After `kill -9` of the launcher the services run on; the next start names the port that is taken.
 */
import {
  ConfigError,
  didYouMean,
  exitWithUsage,
  ignoredSettings,
  loadEnv,
  readConfig,
} from "../platform/mod.ts";
import {
  clusterGuide,
  clusterParts,
  clusterPorts,
  clusterPrograms,
  RESTART_MS,
} from "./cluster.ts";
import {
  checkDataPort,
  CLUSTER_SPEC,
  fixedDataUrl,
  LAUNCH_SPEC,
  type LaunchConfig,
  startupIsLogged,
  upstreamUrl,
} from "./config.ts";
import { ReadableLog } from "./readable_log.ts";
import { type ServiceProcess, startService } from "./service_process.ts";
import {
  lineSink,
  parentGone,
  type Part,
  stopRequest,
  supervise,
  writeStdout,
} from "./supervise.ts";

const USAGE = `Starts data_server and metrics_server together.

deno task dev              both services; the first line on a terminal is the dashboard's address
deno task dev --fail-fast  if one service ends, the other is stopped; without it, it runs on
deno task dev:cluster      three replicas with Redis behind HAProxy; an ended process is restarted

DATA_PORT and METRICS_PORT set the ports, LOG_FORMAT=json NDJSON on a terminal; .env.example
lists the services' settings. Ctrl-C ends all.
Exit codes: 0 stopped, 78 a setting cannot be used, else that of the service that ended.
`;

const FLAGS = ["--help", "-h", "--fail-fast"];

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`dev: ${line}\n`));
}

/** Takes the services' lines, for people or programs; `flush` writes what is held back. */
function logSink({ LOG_FORMAT }: LaunchConfig, dashboard_of?: string) {
  const write = lineSink(writeStdout);
  const is_terminal = Deno.stdout.isTerminal();
  const is_text = LOG_FORMAT === "auto" ? is_terminal : LOG_FORMAT === "text";
  if (!is_text) return { onLines: write, flush: () => Promise.resolve() };
  const is_colored = is_terminal && !Deno.noColor;
  const log = new ReadableLog({ write, is_colored, dashboard_of });
  return { onLines: (lines: Uint8Array) => log.add(lines), flush: () => log.flush() };
}

function reportIgnored(): void {
  // The services report broken lines of `.env`.
  for (const { variable, detail } of ignoredSettings(Object.keys(CLUSTER_SPEC))) {
    if (variable !== undefined) say(detail);
  }
}

/** Resolves with a reason to stop everything. */
function stopped(): Promise<unknown> {
  return Promise.race([stopRequest(), parentGone(() => Deno.ppid)]);
}

async function launch(is_fail_fast: boolean): Promise<number> {
  const { config } = readConfig(LAUNCH_SPEC, loadEnv());
  checkDataPort(config);
  reportIgnored();
  const { onLines, flush } = logSink(config, "metrics_server");
  const { BIND_HOST, DATA_PORT, METRICS_PORT } = config;
  let data_url = fixedDataUrl(config);
  const data: Part<ServiceProcess> = {
    port_variable: "DATA_PORT",
    start: () => startService("data_server", { env: { BIND_HOST, PORT: `${DATA_PORT}` }, onLines }),
    async ready({ startup }) {
      if (startupIsLogged(config)) data_url = (await startup)?.url ?? data_url;
    },
  };
  const metrics: Part<ServiceProcess> = {
    port_variable: "METRICS_PORT",
    start: () => {
      const UPSTREAM_URL = upstreamUrl(config, data_url);
      const env = { BIND_HOST, PORT: `${METRICS_PORT}`, UPSTREAM_URL };
      return startService("metrics_server", { env, onLines });
    },
  };
  const rules = { stop: stopped(), say, others_run_on: !is_fail_fast };
  return await supervise([data, metrics], rules).finally(flush);
}

async function launchCluster(): Promise<number> {
  const { config } = readConfig(CLUSTER_SPEC, loadEnv());
  const programs = clusterPrograms();
  const ports = await clusterPorts(config);
  checkDataPort({ ...config, DATA_PORT: ports.data });
  reportIgnored();
  const { onLines } = logSink(config);
  const folder = await Deno.makeTempDir({ prefix: "dev-cluster-" });
  try {
    const parts = clusterParts(config, ports, programs, { onLines, say, folder });
    return await supervise(parts, {
      stop: stopped(),
      say,
      restart_ms: RESTART_MS,
      onReady: () => clusterGuide(ports).forEach(say),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const [is_cluster, flags] = args[0] === "cluster" ? [true, args.slice(1)] : [false, args];
  const unknown = flags.find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, FLAGS);
    throw new ConfigError(`dev takes --fail-fast or --help, got ${unknown}${hint}`);
  }
  if (flags.includes("--help") || flags.includes("-h")) {
    Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
    return 0;
  }
  return await (is_cluster ? launchCluster() : launch(flags.includes("--fail-fast")));
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
