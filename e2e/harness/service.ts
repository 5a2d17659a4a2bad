/** A service as its users run it: a process with the permissions of its task. */
import { SPEC as DATA_SPEC } from "../../data_server/mod.ts";
import deno_json from "../../deno.json" with { type: "json" };
import { METRICS_SERVER_SPEC } from "../../metrics_server/mod.ts";
import {
  EventLog,
  type RunningProcess,
  runProcess,
  startProcess,
  taskCommand,
  unset,
} from "../../tools/processes/mod.ts";
import { calmClock, until, within } from "../../tools/verdict/mod.ts";

export type ServiceName = "data_server" | "metrics_server";

/** Variables of a service; all others are unset, regardless of the shell and `.env`. */
export type ServiceEnv = Record<string, string | number>;

export interface End {
  readonly code: number;
  readonly stderr: string;
  /** Time from the signal to the end, by {@link calmClock}; NaN without a signal. */
  readonly took_ms: number;
}

const ROOT = new URL("../../", import.meta.url);
const TASK_OF = {
  data_server: taskCommand(deno_json.tasks.data),
  metrics_server: taskCommand(deno_json.tasks.metrics),
};

/** Bound of a graceful stop. */
export const GRACEFUL_STOP_MS_MAX = 2_000;
/** Variables that Deno itself may need. */
const KEPT_VARIABLES = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "SYSTEMROOT"];

/** A running service. Disposal kills it. */
export class Service implements AsyncDisposable {
  readonly log: EventLog;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  readonly #child: RunningProcess;
  readonly #stderr: Promise<string>;
  #port = 0;

  private constructor(child: RunningProcess) {
    this.#child = child;
    this.log = new EventLog(child.stdout);
    this.#stderr = new Response(child.stderr).text();
    this.ended = child.ended.then(({ code }) => code);
  }

  /**
   * Starts a service on a free port of the loopback address and waits until it listens. A LOG_LEVEL
   * that hides the `startup` event requires PORT.
   *
   * @param cwd A test's own folder, for example with an `.env`; then only `env` is set.
   */
  static async start(name: ServiceName, env: ServiceEnv = {}, cwd?: string): Promise<Service> {
    const service = new Service(spawn(name, env, cwd));
    try {
      const is_silent = env.LOG_LEVEL === "WARN" || env.LOG_LEVEL === "ERROR";
      service.#port = is_silent ? Number(env.PORT) : (await service.log.wait("startup")).port;
      if (is_silent) await until(`${name} to listen`, () => listens(service.port));
      return service;
    } catch (error) {
      await service[Symbol.asyncDispose]();
      const stderr = await service.#stderr;
      throw new Error(`${name} did not start: ${(error as Error).message}; stderr: ${stderr}`);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async stop(signal: Deno.Signal = "SIGTERM"): Promise<End> {
    const elapsed_ms = calmClock();
    this.signal(signal);
    const code = await within("the service to end", this.ended);
    const took_ms = elapsed_ms();
    this.log.resume();
    const [stderr] = await Promise.all([this.#stderr, this.log.ended]);
    return { code, stderr, took_ms };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    this.log.resume();
    await Promise.all([this.ended, this.#stderr, this.log.ended]);
  }
}

/** Starts data_server with a snapshot per second. */
export function startDataServer(env: ServiceEnv = {}): Promise<Service> {
  return Service.start("data_server", { DATA_INTERVAL_SEC: 1, ...env });
}

/** Starts metrics_server on these sources with the shortest poll interval. */
export function startMetricsServer(
  sources: string,
  env: ServiceEnv = {},
  cwd?: string,
): Promise<Service> {
  const quick = { POLL_MS: 100, BACKOFF_MAX_MS: 100 };
  return Service.start("metrics_server", { UPSTREAM_URL: sources, ...quick, ...env }, cwd);
}

/** Runs a service that must end by itself. */
export async function runToEnd(
  name: ServiceName,
  env: ServiceEnv,
  cwd?: string,
): Promise<End & { stdout: string }> {
  const child = spawn(name, env, cwd);
  const ended = Promise.all([
    child.ended,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  try {
    const [{ code }, stdout, stderr] = await within(`${name} to end by itself`, ended);
    return { code, stdout, stderr, took_ms: NaN };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
}

/** Variables that the service reads. */
export function variablesOf(name: ServiceName): string[] {
  return Object.keys(name === "data_server" ? DATA_SPEC : METRICS_SERVER_SPEC);
}

function spawn(name: ServiceName, env: ServiceEnv, cwd?: string): RunningProcess {
  const { args } = TASK_OF[name];
  const kept = Object.fromEntries(
    KEPT_VARIABLES.map((variable) => [variable, Deno.env.get(variable) ?? ""])
      .filter(([, value]) => value !== ""),
  );
  const given = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, `${value}`]));
  const own = { NO_COLOR: "1", BIND_HOST: "127.0.0.1", PORT: "0" };
  const started = cwd === undefined ? { ...unset(variablesOf(name)), ...own, ...given } : given;
  return startProcess([Deno.execPath(), ...cwd === undefined ? args : args.map(fromAnywhere)], {
    name,
    cwd: cwd ?? ROOT,
    clear_env: true,
    env: { ...kept, ...started },
    stdout: "piped",
    stderr: "piped",
    kill_with_parent: true,
  });
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

/** Paths that a service looks for in its working folder. */
const WORKING_PATHS = [".env", "secrets", "state"];

/** Makes the paths of a task's argument absolute, except {@link WORKING_PATHS}. */
function fromAnywhere(word: string): string {
  const absolute = (path: string) =>
    WORKING_PATHS.includes(path) ? path : decodeURIComponent(new URL(path, ROOT).pathname);
  if (word.startsWith("--allow-read=")) {
    const paths = word.slice("--allow-read=".length).split(",");
    return `--allow-read=${paths.map(absolute).join(",")}`;
  }
  return word.endsWith(".ts") ? absolute(word) : word;
}

export const HAS_PROC = Deno.build.os === "linux";

/** Open files and resident memory, from other programs: Deno restricts access to `/proc`. */
export async function processFigures(
  pid: number,
): Promise<{ descriptors: number; rss_mb: number }> {
  const descriptors = (await output("ls", `/proc/${pid}/fd`)).trimEnd().split("\n").length;
  const status = await output("cat", `/proc/${pid}/status`);
  return { descriptors, rss_mb: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024 };
}

/** Listening sockets of a port, with their numbers of connections not yet accepted. */
export async function listeningSockets(port: number): Promise<{ waiting: number }[]> {
  const rows = (await output("cat", "/proc/net/tcp")).trimEnd().split("\n").slice(1);
  const hex_port = port.toString(16).toUpperCase().padStart(4, "0");
  return rows.map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local.endsWith(`:${hex_port}`) && state === "0A")
    .map(([, , , , queues]) => ({ waiting: parseInt(queues.split(":")[1], 16) }));
}

async function output(program: string, argument: string): Promise<string> {
  const { code, stdout } = await runProcess([program, argument]);
  if (code !== 0) throw new Error(`${program} ${argument} ended with exit code ${code}`);
  return stdout;
}
