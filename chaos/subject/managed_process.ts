/** A process of a run: started on its own port, killed, restarted, and always ended. */
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  becomesFree,
  readLines,
  type RunningProcess,
  startProcess,
} from "../../tools/processes/mod.ts";
import { firstValue } from "../../tools/verdict/mod.ts";
import type { Guard } from "../guard/mod.ts";

/** Default deadline from start to first answer, in milliseconds. */
const READY_MS_MAX = 20_000;

/** Time between two requests before the first answer, in milliseconds. */
const REQUEST_EVERY_MS = 25;
/** Timeout of such a request, in milliseconds. */
const REQUEST_MS_MAX = 1_000;

/** How to start a process. */
export interface ProcessSpec {
  /** `data_server`, `subject`, `subject-2`, … */
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string | URL;
  /** Added to the lab's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Port of 127.0.0.1 that it listens on; null if it does not listen. */
  readonly port: number | null;
  /**
   * The process is ready once it answers a GET of this path, with any status; or, if it does not
   * speak HTTP, once this function succeeds.
   */
  readonly ready_path: string | (() => Promise<unknown>);
  readonly ready_ms_max?: number;
}

/** A change of a process's state; a `ProcessRecord` without its time. */
export interface ProcessEvent {
  readonly process: string;
  readonly action: "started" | "ready" | "killed" | "ended" | "stopped" | "continued";
  readonly pid: number;
  readonly code: number | null;
  /** False if the process ended by itself. */
  readonly expected: boolean;
  /** Last lines of stderr after the end, else empty. */
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly guard?: Guard;
  readonly onLine?: (line: string) => void;
  readonly onEvent?: (event: ProcessEvent) => void;
}

interface Instance {
  readonly process: RunningProcess;
  readonly ended: Promise<{ code: number }>;
  /** Whether the lab is ending it. */
  is_ending: boolean;
  is_frozen: boolean;
}

/**
 * ```ts
 * await using source = await ManagedProcess.start(spec, { guard, onLine });
 * await source.kill("SIGKILL");
 * await source.restart(); // same port, ready again
 * ```
 */
export class ManagedProcess implements AsyncDisposable {
  readonly #spec: ProcessSpec;
  /** `http://127.0.0.1:20001`; empty if it does not listen. */
  readonly url: string;
  readonly #options: ProcessOptions;
  #instance: Instance | null = null;

  private constructor(spec: ProcessSpec, options: ProcessOptions) {
    this.#spec = spec;
    this.url = spec.port === null ? "" : `http://127.0.0.1:${spec.port}`;
    this.#options = options;
  }

  /**
   * Starts a process and waits until it answers.
   *
   * @throws {Error} `Cannot use NAME: …` with the request, the deadline and the last lines of
   * stderr; the process has ended then.
   */
  static async start(spec: ProcessSpec, options: ProcessOptions = {}): Promise<ManagedProcess> {
    const process = new ManagedProcess(spec, options);
    await process.restart();
    return process;
  }

  get name(): string {
    return this.#spec.name;
  }

  /** Pid of the last instance. */
  get pid(): number {
    return this.#instance?.process.pid ?? 0;
  }

  get is_running(): boolean {
    return this.#instance !== null && !this.#instance.process.has_ended;
  }

  /** Whether it was stopped by {@link freeze}. */
  get is_frozen(): boolean {
    return this.is_running && this.#instance!.is_frozen;
  }

  /** End of the last instance. */
  get ended(): Promise<{ code: number }> {
    return this.#instance?.ended ?? Promise.resolve({ code: 0 });
  }

  /** Last lines of stderr. */
  get stderr(): string {
    return this.#instance?.process.stderr_tail ?? "";
  }

  /** Sends the signal, waits for the end, and sends SIGKILL if the process does not end in time. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<{ code: number }> {
    const instance = this.#instance;
    if (instance === null || instance.process.has_ended) return { code: 0 };
    instance.is_ending = true;
    this.resume(); // a stopped process handles no signal but SIGKILL
    const stopped = instance.process.stop(signal);
    this.#report("killed", instance, null);
    await stopped;
    return await instance.ended;
  }

  /** Stops the process by SIGSTOP; does nothing if it is stopped or has ended. */
  freeze(): void {
    this.#setFrozen(true);
  }

  /** Continues the process by SIGCONT; does nothing if it is not stopped. */
  resume(): void {
    this.#setFrozen(false);
  }

  #setFrozen(is_frozen: boolean): void {
    const instance = this.#instance;
    if (instance === null || !this.is_running || instance.is_frozen === is_frozen) return;
    instance.process.kill(is_frozen ? "SIGSTOP" : "SIGCONT");
    instance.is_frozen = is_frozen;
    this.#report(is_frozen ? "stopped" : "continued", instance, null);
  }

  /** Starts the process again on the same port and waits until it answers, unless it runs. */
  async restart(): Promise<void> {
    if (this.is_running) return;
    const { name, port } = this.#spec;
    if (port !== null && !await becomesFree(port)) {
      throw new Error(
        `Cannot start ${name}: port ${port} of 127.0.0.1 is in use: stop the program that uses it`,
      );
    }
    const instance = await this.#spawn();
    try {
      await this.#waitUntilReady(instance);
      this.#report("ready", instance, null);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGTERM");
  }

  async #spawn(): Promise<Instance> {
    const { name, command, cwd, env } = this.#spec;
    const process = startProcess(command, {
      name,
      cwd,
      env: { ...env, ...this.#options.guard?.env },
      stdout: (stream) => readLines(stream, (line) => this.#options.onLine?.(line)),
      // In its own session, Ctrl-C reaches only the lab, which then ends its processes in order.
      detached: true,
      ends_group: true,
    });
    const ended = this.#follow(process);
    const instance: Instance = { process, ended, is_ending: false, is_frozen: false };
    this.#instance = instance;
    instance.ended.then(({ code }) => this.#report("ended", instance, code));
    this.#report("started", instance, null);
    // A dead guard reports itself.
    await this.#options.guard?.watchProcess(process.pid, name).catch(() => {});
    return instance;
  }

  async #follow(process: RunningProcess): Promise<{ code: number }> {
    const { code } = await process.ended;
    await this.#options.guard?.forget(process.pid).catch(() => {});
    return { code };
  }

  async #waitUntilReady({ process }: Instance): Promise<void> {
    const { name, port, ready_path, ready_ms_max = READY_MS_MAX } = this.#spec;
    if (port === null) return;
    const is_http = typeof ready_path === "string";
    const request = is_http
      ? () => fetchRaw({ host: `127.0.0.1:${port}`, path: ready_path }, REQUEST_MS_MAX)
      : ready_path;
    let last = "no request";
    const seen = await firstValue(async () => {
      const error = await request().then(() => null, (error) => error);
      last = error?.message ?? last;
      return process.has_ended ? "end" : error === null && "answer";
    }, { wait_ms_max: ready_ms_max, look_every_ms: REQUEST_EVERY_MS });
    if (seen === "answer") return;
    const what = is_http ? `GET ${this.url}${ready_path}` : `a request on port ${port}`;
    const why = seen === "end"
      ? `ended with exit code ${(await process.ended).code} before it answered ${what}`
      : `waited ${ready_ms_max} ms for an answer to ${what} (last: ${last})`;
    throw new Error(`Cannot use ${name}: ${why}; stderr: ${this.stderr || "(nothing)"}`);
  }

  #report(action: ProcessEvent["action"], instance: Instance, code: number | null): void {
    const expected = action !== "ended" || instance.is_ending;
    const { pid, stderr_tail } = instance.process;
    const stderr = action === "ended" ? stderr_tail : "";
    this.#options.onEvent?.({ process: this.name, action, pid, code, expected, stderr });
  }
}
