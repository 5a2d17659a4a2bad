/** A process of a run: started on a port of its own, watched, killed, restarted, and ended for sure. */
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  becomesFree,
  readLines,
  type RunningProcess,
  startProcess,
} from "../../tools/processes/mod.ts";
import type { Guard } from "../guard/mod.ts";

/** How long a process may take from its start to its first answer, in milliseconds. */
export const READY_MS_MAX = 20_000;

/** How a process is started. */
export interface ProcessSpec {
  /** `data_server`, `subject`, `subject-2`, … */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string | URL;
  /** Beside the variables of the lab itself. */
  readonly env: Readonly<Record<string, string>>;
  /** It has to listen there, on 127.0.0.1; null where it does not listen. */
  readonly port: number | null;
  /** It is ready once a GET of this path is answered, whatever the status. */
  readonly ready_path: string;
  readonly ready_ms_max?: number;
}

/** What happened to a process; without its time it is a `ProcessRecord`. */
export interface ProcessEvent {
  readonly process: string;
  readonly action: "started" | "ready" | "killed" | "ended";
  readonly pid: number;
  readonly code: number | null;
  /** False for an end that nobody asked for. */
  readonly expected: boolean;
  /** Its last lines on stderr where it has ended, else empty. */
  readonly stderr: string;
}

/** Who is told, and who looks after it. */
export interface ProcessOptions {
  readonly guard?: Guard;
  /** A line of its stdout, unread: most are for nobody. */
  readonly onLine?: (line: string) => void;
  readonly onEvent?: (event: ProcessEvent) => void;
}

interface Instance {
  readonly process: RunningProcess;
  readonly ended: Promise<{ code: number }>;
  /** Whether the lab asked it to end. */
  is_ending: boolean;
}

/**
 * ```ts
 * await using source = await ManagedProcess.start(spec, { guard, onLine });
 * await source.kill("SIGKILL");
 * await source.restart(); // same port, ready again
 * ```
 */
export class ManagedProcess implements AsyncDisposable {
  readonly spec: ProcessSpec;
  /** `http://127.0.0.1:20001`; empty where it does not listen. */
  readonly url: string;
  /** Monotonic milliseconds of the last start. */
  started_at_ms = 0;
  readonly #options: ProcessOptions;
  #instance: Instance | null = null;

  private constructor(spec: ProcessSpec, options: ProcessOptions) {
    this.spec = spec;
    this.url = spec.port === null ? "" : `http://127.0.0.1:${spec.port}`;
    this.#options = options;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @throws {Error} naming what was waited for, how long, and its last lines on stderr; the process
   * is gone then.
   */
  static async start(spec: ProcessSpec, options: ProcessOptions = {}): Promise<ManagedProcess> {
    const process = new ManagedProcess(spec, options);
    await process.restart();
    return process;
  }

  get name(): string {
    return this.spec.name;
  }

  /** Pid of the last start. */
  get pid(): number {
    return this.#instance?.process.pid ?? 0;
  }

  get is_running(): boolean {
    return this.#instance !== null && !this.#instance.process.has_ended;
  }

  /** End of the last start. */
  get ended(): Promise<{ code: number }> {
    return this.#instance?.ended ?? Promise.resolve({ code: 0 });
  }

  /** Its last lines on stderr. */
  get stderr(): string {
    return this.#instance?.process.stderr_tail ?? "";
  }

  /** Sends the signal and waits for the end; SIGKILL follows if it does not end in time. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<{ code: number }> {
    const instance = this.#instance;
    if (instance === null || instance.process.has_ended) return { code: 0 };
    instance.is_ending = true;
    const stopped = instance.process.stop(signal);
    this.#tell("killed", instance, null);
    await stopped;
    return await instance.ended;
  }

  /** Starts it again on the same port and waits until it answers; does nothing where it runs. */
  async restart(): Promise<void> {
    if (this.is_running) return;
    const { name, port } = this.spec;
    if (port !== null && !await becomesFree(port)) {
      throw new Error(
        `Cannot start ${name}: port ${port} of 127.0.0.1 is taken: stop the program that holds it`,
      );
    }
    const instance = await this.#spawn();
    try {
      await this.#waitUntilReady(instance);
      this.#tell("ready", instance, null);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** SIGTERM, then SIGKILL. */
  async stop(): Promise<void> {
    await this.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #spawn(): Promise<Instance> {
    const { name, command, cwd, env } = this.spec;
    const process = startProcess(command, {
      name,
      cwd,
      env: { ...env, ...this.#options.guard?.env },
      stdout: (stream) => readLines(stream, (line) => this.#options.onLine?.(line)),
      // A session of its own: Ctrl-C reaches the lab alone, which then ends things in order.
      detached: true,
    });
    this.started_at_ms = performance.now();
    const instance: Instance = { process, ended: this.#follow(process), is_ending: false };
    this.#instance = instance;
    instance.ended.then(({ code }) => this.#tell("ended", instance, code));
    this.#tell("started", instance, null);
    await this.#options.guard?.watchProcess(process.pid, name).catch(() => {}); // its end is told by itself
    return instance;
  }

  async #follow(process: RunningProcess): Promise<{ code: number }> {
    const { code } = await process.ended;
    await this.#options.guard?.forget(process.pid).catch(() => {});
    return { code };
  }

  async #waitUntilReady(instance: Instance): Promise<void> {
    const { name, port, ready_path, ready_ms_max = READY_MS_MAX } = this.spec;
    if (port === null) return;
    const asked: Asked = { host: `127.0.0.1:${port}`, path: ready_path };
    const outcome = await waitForAnswer(asked, ready_ms_max, instance.ended);
    if (outcome.is_ready) return;
    const what = `GET ${this.url}${ready_path}`;
    const why = outcome.code === null
      ? `waited ${ready_ms_max} ms for an answer to ${what} (last: ${outcome.last})`
      : `ended with exit code ${outcome.code} before it answered ${what}`;
    throw new Error(`Cannot use ${name}: ${why}; stderr: ${this.stderr || "(nothing)"}`);
  }

  #tell(action: ProcessEvent["action"], instance: Instance, code: number | null): void {
    const expected = action !== "ended" || instance.is_ending;
    const { pid, stderr_tail } = instance.process;
    const stderr = action === "ended" ? stderr_tail : "";
    this.#options.onEvent?.({ process: this.name, action, pid, code, expected, stderr });
  }
}

/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 25;
/** How long one look may take, in milliseconds. */
const LOOK_MS_MAX = 1_000;

/** What is asked for. */
export interface Asked {
  readonly host: string;
  readonly path: string;
}

/** How the wait ended; `code` is that of a process that ended meanwhile. */
export type Outcome =
  | { readonly is_ready: true }
  | { readonly is_ready: false; readonly code: number | null; readonly last: string };

/** Asks again and again until there is an answer of any status. */
export async function waitForAnswer(
  asked: Asked,
  wait_ms_max: number,
  ended: Promise<{ code: number }>,
): Promise<Outcome> {
  const until_ms = performance.now() + wait_ms_max;
  let code: number | null = null;
  ended.then((end) => code = end.code);
  let last = "nothing asked";
  while (code === null && performance.now() < until_ms) {
    try {
      await fetchRaw(asked, LOOK_MS_MAX);
      if (code === null) return { is_ready: true };
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { is_ready: false, code, last };
}
