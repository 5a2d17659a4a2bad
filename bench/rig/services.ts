/** Processes of a measurement: services, sources and bare servers, always stopped at the end. */
import deno_json from "../../deno.json" with { type: "json" };
import { fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import {
  documentedVariables,
  freePort,
  OutputMeter,
  readLines,
  startProcess,
  type Task,
  taskCommand,
  unset,
} from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import type { BareAnswer } from "./bare_answer.ts";

const ROOT = new URL("../../", import.meta.url);

/** Time until the first response of a process, in milliseconds. */
const READY_MS_MAX = 30_000;
const RETRY_MS = 5;

export const BARE_SERVER = "bench/bare_server.ts";
/** Period of the event-loop checks when blocks are judged. */
export const LOOP_PROBE_MS = 2;

/** A process ended during the measurement. */
export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded";

  constructor(process: string, exit_code: number) {
    super(`${process} ended with exit code ${exit_code} during the measurement`);
  }
}

/** A running process whose stdout is read and counted. Disposal stops it. */
export interface DenoProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly host: string;
  readonly stdout: OutputMeter;
  /** Rejects with {@link ProcessEnded} if the process ends before it is stopped. */
  readonly failed: Promise<never>;
}

interface StartDenoOptions {
  cwd?: string | URL;
  low_priority?: boolean;
  /** Gets each line of stdout, which then is not counted. */
  onLine?: (line: string) => void;
}

/** Starts Deno with these arguments and a free `PORT`. */
export function startDeno(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  { cwd = ROOT, low_priority = false, onLine }: StartDenoOptions = {},
): DenoProcess {
  const port = freePort();
  const stdout = new OutputMeter();
  const finished = Promise.withResolvers<void>();
  const child = startProcess([Deno.execPath(), ...args], {
    name,
    cwd,
    env: { ...env, PORT: String(port) },
    stdout: (stream) => {
      const read = onLine === undefined ? stdout.read(stream) : readLines(stream, onLine);
      return read.finally(finished.resolve);
    },
    stderr: "inherit",
    low_priority,
    kill_with_parent: true,
  });
  let stopping = false;
  const failed = child.ended.then(({ code }) => {
    if (stopping) return new Promise<never>(() => {});
    throw new ProcessEnded(name, code);
  });
  failed.catch(() => {}); // callers race it
  return {
    name,
    pid: child.pid,
    port,
    host: `127.0.0.1:${port}`,
    stdout,
    failed,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await child.stop();
      await finished.promise;
    },
  };
}

/** Command of a service's task in a checkout of the project. */
export interface ServiceProgram {
  cwd: string | URL;
  /** Arguments of `deno`. */
  args: readonly string[];
  /** Variables it reads. */
  variables: readonly string[];
}

/** Variables of a service. Not read on import: scripts that import this may read no file. */
function variablesOf(task: "data" | "metrics"): string[] {
  const example = Deno.readTextFileSync(new URL(".env.example", ROOT));
  return documentedVariables(example, `${task}_server`);
}

/** The project's own task. */
export function programOf(task: "data" | "metrics"): ServiceProgram {
  const { args } = taskCommand(deno_json.tasks[task]);
  return { cwd: ROOT, args, variables: variablesOf(task) };
}

/** The task of another checkout, from its `deno.json`. */
export function programIn(
  cwd: string,
  tasks: Record<string, Task>,
  task: "data" | "metrics",
): ServiceProgram {
  const entry = tasks[task];
  if (entry === undefined) throw new Error(`Cannot start ${task} in ${cwd}: no such task`);
  const { args, variables } = taskCommand(entry);
  return { cwd, args, variables: [...new Set([...variablesOf(task), ...variables])] };
}

/** data_server with 64 switches and a single snapshot, so that 304s stay valid. */
export function startStillDataServer(): Promise<DenoProcess> {
  return startDataServer({ DATA_SWITCHES: "64", DATA_INTERVAL_SEC: "3600", LOG_LEVEL: "WARN" });
}

export async function startDataServer(
  env: Record<string, string> = {},
  onLine?: (line: string) => void,
): Promise<DenoProcess> {
  const source = startService("data_server", programOf("data"), env, onLine);
  await ready(source, "/counters");
  return source;
}

/** metrics_server at its defaults, except for `env`, with one source. */
export async function startMetricsServer(
  name: string,
  source: DenoProcess,
  env: Record<string, string> = {},
  program: ServiceProgram = programOf("metrics"),
): Promise<DenoProcess> {
  const server = launchMetricsServer(name, source, env, program);
  await ready(server, "/readyz");
  return server;
}

/** Like {@link startMetricsServer}, but returns at once. */
export function launchMetricsServer(
  name: string,
  source: DenoProcess,
  env: Record<string, string> = {},
  program: ServiceProgram = programOf("metrics"),
  onLine?: (line: string) => void,
): DenoProcess {
  const UPSTREAM_URL = `http://${source.host}/counters`;
  return startService(name, program, { UPSTREAM_URL, ...env }, onLine);
}

/** `onBlock` gets the longest block of the server's event loop in each second. */
export async function startBareServer(
  name: string,
  answer: BareAnswer,
  script = BARE_SERVER,
  onBlock?: (block_ms: number) => void,
): Promise<DenoProcess> {
  const env = {
    BARE_ANSWER: JSON.stringify(answer),
    ...onBlock && { LOOP_PROBE_MS: String(LOOP_PROBE_MS) },
  };
  const onLine = onBlock && ((line: string) => onBlock(Number(line)));
  const bare = startScript(name, script, env, { onLine });
  await ready(bare, "/", answer.if_none_match === undefined ? answer.status : 200);
  return bare;
}

/**
 * The source of `switches` × `fields`, at low priority: it yields its core to the server and the
 * client.
 */
export async function startRefreshSource(switches: number, fields = 30): Promise<DenoProcess> {
  const env = { SWITCHES: String(switches), FIELDS: String(fields) };
  const source = startScript("refresh_source", "bench/refresh_source.ts", env, {
    low_priority: true,
  });
  await ready(source, "/sent");
  return source;
}

/** A server of the measurement itself, on the loopback address. */
export function startScript(
  name: string,
  script: string,
  env: Record<string, string> = {},
  options: Parameters<typeof startDeno>[3] = {},
): DenoProcess {
  const variables = "BARE_ANSWER,FIELDS,LOOP_PROBE_MS,PORT,SWITCHES";
  const permissions = ["--allow-net=127.0.0.1", `--allow-env=${variables}`];
  return startDeno(name, ["run", "--no-prompt", ...permissions, script], env, options);
}

/** A service on the loopback address. Neither `.env` nor the shell affects it. */
function startService(
  name: string,
  { args, variables, cwd }: ServiceProgram,
  env: Record<string, string>,
  onLine?: (line: string) => void,
): DenoProcess {
  const all = { ...unset(variables), BIND_HOST: "127.0.0.1", ...env };
  return startDeno(name, args, all, { cwd, onLine });
}

/** Waits for a response with this status; stops the process after the deadline. */
export async function ready(
  process: DenoProcess,
  path: string,
  status = 200,
): Promise<RawAnswer> {
  const answer = until(`${process.name} to answer ${path} with ${status}`, async () => {
    const answer = await fetchRaw({ host: process.host, path });
    return answer.status === status && answer;
  }, { wait_ms_max: READY_MS_MAX, look_every_ms: RETRY_MS, retry_errors: true });
  try {
    return await Promise.race([answer, process.failed]);
  } catch (error) {
    answer.catch(() => {});
    await process[Symbol.asyncDispose]();
    throw error;
  }
}
