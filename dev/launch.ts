/**
 * `deno task dev`: data_server and metrics_server as two child processes, with one NDJSON stream on
 * stdout. If one ends, the other is stopped; the exit code is the ended service's, or 1
 * instead of 0. SIGINT, SIGTERM, SIGHUP and the end of the parent process stop both: exit code 0.
 *
 * `deno task dev:cluster` (argument `cluster`) starts replicas with Redis and HAProxy instead, and
 * starts a process again that ended. The field `instance` names the replica of a line.
 *
 * After `kill -9` of the launcher the services run on; the next start names the port that is taken.
 */
import { ConfigError, exitWithUsage, loadEnv, readConfig } from "../platform/mod.ts";
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
  startupIsLogged,
  upstreamUrl,
} from "./config.ts";
import { type ServiceProcess, startService } from "./service_process.ts";
import {
  lineSink,
  parentGone,
  type Part,
  stopRequest,
  supervise,
  writeStdout,
} from "./supervise.ts";

const onLines = lineSink(writeStdout);

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`dev: ${line}\n`));
}

/** Resolves with a reason to stop everything. */
function stopped(): Promise<unknown> {
  return Promise.race([stopRequest(), parentGone(() => Deno.ppid)]);
}

async function launch(): Promise<number> {
  const { config } = readConfig(LAUNCH_SPEC, loadEnv());
  checkDataPort(config);
  const { DATA_PORT, METRICS_PORT } = config;
  let data_url = fixedDataUrl(config);
  const data: Part<ServiceProcess> = {
    port_variable: "DATA_PORT",
    start: () => startService("data_server", { env: { PORT: `${DATA_PORT}` }, onLines }),
    async ready({ startup }) {
      if (startupIsLogged(config)) data_url = (await startup)?.url ?? data_url;
    },
  };
  const metrics: Part<ServiceProcess> = {
    port_variable: "METRICS_PORT",
    start: () => {
      const env = { PORT: `${METRICS_PORT}`, UPSTREAM_URL: upstreamUrl(config, data_url) };
      return startService("metrics_server", { env, onLines });
    },
  };
  return await supervise([data, metrics], { stop: stopped(), say });
}

async function launchCluster(): Promise<number> {
  const { config } = readConfig(CLUSTER_SPEC, loadEnv());
  const programs = clusterPrograms();
  const ports = await clusterPorts(config);
  checkDataPort({ ...config, DATA_PORT: ports.data });
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

try {
  Deno.exit(await (Deno.args[0] === "cluster" ? launchCluster() : launch()));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
