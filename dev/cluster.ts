/**
 * `deno task dev:cluster`: three replicas of metrics_server that share a Redis, behind HAProxy.
 *
 *     data_server ◀── poll ── one of m1, m2, m3 ◀── HAProxy ◀── clients
 *                                  └── Redis ──┘
 */
import { claimPort, ConfigError } from "../platform/mod.ts";
import {
  becomesFree,
  canRun,
  freePort,
  readLines,
  redisProgram,
  redisServer,
  startProcess,
} from "../tools/processes/mod.ts";
import { until } from "../tools/verdict/mod.ts";
import { type ClusterConfig, upstreamUrl } from "./config.ts";
import { startService } from "./service_process.ts";
import type { Part, Supervised } from "./supervise.ts";

/** Names of the replicas, as in the HAProxy configuration. */
const REPLICAS = ["m1", "m2", "m3"];

/** From the end of a process to its next start: longer than a lease, so that others take over. */
export const RESTART_MS = 5_000;

/** Output of a program that is shown if it ends. */
const TAIL_LINES_MAX = 4;

const HAPROXY_CONFIG = "deploy/haproxy/haproxy.cfg";
const ROOT = new URL("..", import.meta.url);

/** Longest wait for a process to listen. */
const LISTEN_MS_MAX = 15_000;

const HOST = "127.0.0.1";
const PORT_MAX = 65_535;

type Variable = "DATA_PORT" | "METRICS_PORT" | "STATS_PORT" | "REDIS_PORT";

/** Ports on 127.0.0.1, none of them 0. */
export interface ClusterPorts {
  readonly data: number;
  readonly telemetry: number;
  readonly stats: number;
  readonly redis: number;
  readonly replicas: readonly number[];
}

/**
 * Picks the ports that are 0, and the replicas' ports: the next ones after HAProxy's, if they are
 * free. Throws a ConfigError if another port is taken.
 */
export async function clusterPorts(config: ClusterConfig): Promise<ClusterPorts> {
  const picked = (variable: Variable) => {
    const port = config[variable];
    claimPort({ hostname: HOST, port, variable });
    return port === 0 ? freePort() : port;
  };
  const telemetry = picked("METRICS_PORT");
  const data = picked("DATA_PORT");
  const stats = picked("STATS_PORT");
  const redis = picked("REDIS_PORT");
  const replicas = await Promise.all(REPLICAS.map(async (_, index) => {
    const port = telemetry + 1 + index;
    return port <= PORT_MAX && await becomesFree(port) ? port : freePort();
  }));
  return { data, telemetry, stats, redis, replicas };
}

/** The programs to run. Throws a ConfigError that says what to install. */
export function clusterPrograms(has = (command: string[]) => canRun(command)) {
  const redis = redisProgram((name) => has([name, "--version"]));
  if (redis === undefined || !has(["haproxy", "-v"])) {
    throw new ConfigError(
      "dev:cluster needs redis-server (or valkey-server) and haproxy on PATH: " +
        "apt-get install redis-server haproxy (Debian, Ubuntu), dnf install valkey haproxy " +
        "(Fedora), brew install redis haproxy (macOS)",
    );
  }
  return { redis };
}

interface World {
  onLines(whole_lines: Uint8Array): Promise<void>;
  say(line: string): void;
  /** Working folder of Redis. */
  readonly folder: string;
}

/** The processes in the order of their start. */
export function clusterParts(
  config: ClusterConfig,
  ports: ClusterPorts,
  { redis }: { redis: string },
  world: World,
): Part[] {
  const { onLines } = world;
  const BIND_HOST = HOST;
  const SNAPSHOT_STORE = `redis://${HOST}:${ports.redis}`;
  const UPSTREAM_URL = upstreamUrl(config, `http://${HOST}:${ports.data}`);
  return [
    listening(ports.data, {
      start: () =>
        startService("data_server", { env: { BIND_HOST, PORT: `${ports.data}` }, onLines }),
    }),
    listening(ports.redis, {
      // A stopping leader releases its lease.
      stops_last: true,
      start: () => startRedis(redis, ports, world),
    }),
    ...ports.replicas.map((port, index) =>
      listening(port, {
        start: () => {
          const env = { BIND_HOST, PORT: `${port}`, UPSTREAM_URL, SNAPSHOT_STORE };
          const instance = REPLICAS[index];
          const marked = (lines: Uint8Array) => onLines(withInstance(lines, instance));
          const service = startService("metrics_server", { env, onLines: marked });
          return Object.assign(service, { name: `metrics_server ${instance}` });
        },
      })
    ),
    listening(ports.telemetry, { start: () => startHaproxy(ports, world) }),
  ];
}

/** Where to look, as lines. */
export function clusterGuide({ telemetry, stats, redis, replicas }: ClusterPorts): string[] {
  return [
    `Dashboard: http://${HOST}:${telemetry}/  by HAProxy; X-Served-By names the replica`,
    ...replicas.map((port, index) => `http://${HOST}:${port}/stats  replica ${REPLICAS[index]}`),
    `http://${HOST}:${stats}/  HAProxy's own page`,
    `redis-cli -p ${redis}  the shared store`,
    `a process that is killed is started again after ${RESTART_MS / 1_000} s; Ctrl-C ends all`,
  ];
}

/** Adds `"instance":"…"` to each NDJSON line. */
export function withInstance(whole_lines: Uint8Array, instance: string): Uint8Array {
  const marked = new TextDecoder().decode(whole_lines)
    .replaceAll(/\}$/gm, `,"instance":"${instance}"}`);
  return new TextEncoder().encode(marked);
}

function startRedis(program: string, { redis }: ClusterPorts, { say, folder }: World): Supervised {
  const command = redisServer(redis, ["--dir", folder], program);
  return startProgram("Redis", command, {}, { say });
}

function startHaproxy(ports: ClusterPorts, { say }: World): Supervised {
  const env = {
    TELEMETRY_BIND: `${HOST}:${ports.telemetry}`,
    STATS_BIND: `${HOST}:${ports.stats}`,
    ...Object.fromEntries(
      ports.replicas.map((port, index) => [`REPLICA_${index + 1}`, `${HOST}:${port}`]),
    ),
  };
  const onLine = (line: string) => say(`HAProxy: ${line}`);
  return startProgram("HAProxy", ["haproxy", "-f", HAPROXY_CONFIG], env, { say, onLine });
}

/** Starts a program of others. If it fails, its last output is shown. */
function startProgram(
  name: string,
  command: readonly string[],
  env: Record<string, string>,
  { say, onLine }: { say(line: string): void; onLine?(line: string): void },
): Supervised {
  const tail: string[] = [];
  const process = startProcess(command, {
    name,
    cwd: ROOT,
    env,
    detached: true,
    kill_with_parent: true,
    stdout: (stream) =>
      readLines(stream, (line) => {
        tail.push(line);
        if (tail.length > TAIL_LINES_MAX) tail.shift();
        onLine?.(line);
      }),
  });
  let is_stopped = false;
  process.ended.then(({ code, signal }) => {
    if (code === 0 || signal !== null || is_stopped) return;
    for (const line of [...tail, process.stderr_tail]) if (line !== "") say(`${name}: ${line}`);
  });
  const { pid, ended } = process;
  return {
    name,
    pid,
    ended,
    stderr_tail: "",
    stop() {
      is_stopped = true;
      return process.stop();
    },
  };
}

/** A part that is ready once its port accepts connections. */
function listening(port: number, part: Part): Part {
  const ready = async ({ name, ended }: Supervised) => {
    const gone = new AbortController();
    ended.then(() => gone.abort());
    const listens = async () => gone.signal.aborted || await accepts(port);
    await until(`${name} to listen on port ${port}`, listens, { wait_ms_max: LISTEN_MS_MAX });
  };
  return { ...part, ready };
}

async function accepts(port: number): Promise<boolean> {
  const connection = await Deno.connect({ hostname: HOST, port }).catch(() => null);
  connection?.close();
  return connection !== null;
}
