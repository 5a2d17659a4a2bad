/** Starts data_server and the subject as processes of a run. */
import { HEADER_DATA_AGE_MS } from "../../contracts/mod.ts";
import deno_json from "../../deno.json" with { type: "json" };
import { documentedVariables, freePort, taskCommand, unset } from "../../tools/processes/mod.ts";
import type { Settings } from "../vocabulary/mod.ts";
import { ManagedProcess, type ProcessOptions } from "./managed_process.ts";
import { fillIn, type Subject } from "./subject.ts";

/** Working directory of the tasks. */
const ROOT = new URL("../../", import.meta.url);

const DATA = taskCommand(deno_json.tasks.data);
const METRICS = taskCommand(deno_json.tasks.metrics);

/** All variables of a service set to nothing. Read on use: a program may only read scenarios. */
function unsetAll(service: "data_server" | "metrics_server"): Record<string, string> {
  const example = Deno.readTextFileSync(new URL(".env.example", ROOT));
  return unset(documentedVariables(example, service));
}

/** metrics_server, as `deno task metrics` starts it. */
export const METRICS_SERVER: Subject = {
  name: "metrics_server",
  replicas: 1,
  command: [Deno.execPath(), ...METRICS.args],
  cwd: decodeURIComponent(ROOT.pathname),
  get env() {
    return {
      ...unsetAll("metrics_server"),
      UPSTREAM_URL: "{upstream}",
      PORT: "{port}",
      BIND_HOST: "127.0.0.1",
      POLL_MS: "{poll_ms}",
      POLL_TIMEOUT_MS: "{poll_timeout_ms}",
      BACKOFF_MAX_MS: "{backoff_max_ms}",
      LEASE_MS: "{lease_ms}",
      SNAPSHOT_STORE: "{store}",
      MAX_STALE_MS: "{max_stale_ms}",
    };
  },
  upstream_path: "/counters",
  alive: "/healthz",
  ready: "/readyz",
  probes: {
    value: "/telemetry/GetMetric?switch_id={switch_id}&metric={metric}",
    list: "/telemetry/ListMetrics",
    stats: "/stats",
  },
  age: { header: HEADER_DATA_AGE_MS, pointer: "/age_ms", unit: "ms" },
  value: "/value",
  snapshot_id: "/snapshot_id",
  list: {
    items: "/items",
    switch_id: "switch_id",
    snapshot_id: "/snapshot_id",
    age: "/age_ms",
  },
  poller: {
    polls: "/poller/polls",
    failures: "/poller/failures",
    failures_by_cause: "/poller/failures_by_cause",
    circuit: "/poller/circuit",
    event_loop_block_max_ms: "/event_loop/block_max_ms",
  },
  replica: { role: "/sources/0/replica/role", fence: "/sources/0/replica/fence" },
  version: [Deno.execPath(), ...METRICS.args, "--version"],
  install: null,
  not_offered: {},
};

interface DataServerOptions extends ProcessOptions {
  readonly settings: Pick<Settings, "data_interval_ms" | "switches" | "data_env">;
  readonly seed: number;
}

/** Starts data_server like `deno task data`; returns once it answers. */
export async function startDataServer(options: DataServerOptions): Promise<ManagedProcess> {
  const { settings, seed } = options;
  const port = freePort();
  const interval_s = settings.data_interval_ms / 1000;
  if (!Number.isInteger(interval_s) || interval_s < 1) {
    throw new Error(
      `data_interval_ms=${settings.data_interval_ms}: must be whole seconds, at least 1000 ms`,
    );
  }
  return await ManagedProcess.start({
    name: "data_server",
    command: [Deno.execPath(), ...DATA.args],
    cwd: ROOT,
    env: {
      ...unsetAll("data_server"),
      SEED: String(seed >>> 0),
      DATA_SWITCHES: String(settings.switches),
      DATA_INTERVAL_SEC: String(interval_s),
      BIND_HOST: "127.0.0.1",
      LOG_LEVEL: "WARN",
      ...settings.data_env,
      PORT: String(port),
    },
    port,
    ready_path: "/healthz",
  }, options);
}

interface SubjectOptions extends ProcessOptions {
  /** Source that it polls: `127.0.0.1:20001`. */
  readonly upstream: string;
  readonly settings: Pick<
    Settings,
    | "poll_ms"
    | "poll_timeout_ms"
    | "backoff_max_ms"
    | "lease_ms"
    | "max_stale_ms"
    | "subject_env"
  >;
  /** URL of the store that it shares; default: none. */
  readonly store?: string;
  /** Folder of the run, for its files; default: none. */
  readonly dir?: string;
  /** Default: metrics_server. */
  readonly subject?: Subject;
  /** Process name; default `subject`. */
  readonly name?: string;
  /** Default: a free port. */
  readonly port?: number;
}

/**
 * Starts the subject; returns once it answers, with or without data.
 *
 * ```ts
 * await using cache = await startSubject({ upstream: "127.0.0.1:20001", settings });
 * await fetch(`${cache.url}/telemetry/ListMetrics`);
 * ```
 */
export async function startSubject(options: SubjectOptions): Promise<ManagedProcess> {
  const { subject = METRICS_SERVER, settings, name = "subject", port = freePort() } = options;
  const values = {
    upstream: `http://${options.upstream}${subject.upstream_path}`,
    port: String(port),
    poll_ms: String(settings.poll_ms),
    poll_timeout_ms: String(settings.poll_timeout_ms),
    backoff_max_ms: String(settings.backoff_max_ms),
    lease_ms: String(settings.lease_ms),
    max_stale_ms: settings.max_stale_ms ? String(settings.max_stale_ms) : "",
    store: options.store ?? "",
    dir: options.dir ?? "",
  };
  const env = Object.entries(subject.env).map(([name, text]) => [name, fillIn(text, values)]);
  return await ManagedProcess.start({
    name,
    command: resolveProgram(subject).map((word) => fillIn(word, values)),
    cwd: subject.cwd,
    env: { ...Object.fromEntries(env), ...settings.subject_env },
    port,
    ready_path: subject.alive,
  }, options);
}

/** `deno` is the running Deno; a relative path starts at the subject's folder. */
function resolveProgram({ command, cwd }: Subject): string[] {
  const [program, ...args] = command;
  if (program === "deno") return [Deno.execPath(), ...args];
  const is_relative = program.includes("/") && !program.startsWith("/");
  return [is_relative ? `${cwd}/${program}` : program, ...args];
}
