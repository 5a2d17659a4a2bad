/** Starts programs as child processes, keeps the end of their stderr, and always ends them. */
import { pause } from "../verdict/mod.ts";
import { killWithParent } from "./kill_with_parent.ts";
import { type OutputStream, readLines } from "./lines.ts";

/** Time between SIGTERM and SIGKILL in {@link RunningProcess.stop}, in milliseconds. */
export const STOP_MS_MAX = 2_400;
/** Longest wait for output after the process has ended: a grandchild may hold the pipe. */
const DRAIN_MS_MAX = 300;
const DRAIN_STEPS = 6;
/** Last lines of stderr that are kept. */
export const STDERR_LINES_MAX = 12;

export interface StartOptions {
  /** Used in error messages; default the program. */
  readonly name?: string;
  readonly cwd?: string | URL;
  readonly env?: Readonly<Record<string, string>>;
  /** Do not inherit the environment. */
  readonly clear_env?: boolean;
  /** Default `null`. */
  readonly stdin?: "null" | "inherit" | "piped";
  /** A function reads the stream to its end, such as `readLines`; default `null`. */
  readonly stdout?: "null" | "inherit" | "piped" | ((stdout: OutputStream) => Promise<void>);
  /** `keep` the last lines for {@link RunningProcess.stderr_tail} (default), `pass` them on too. */
  readonly stderr?: "keep" | "pass" | "null" | "inherit" | "piped";
  /** Own process group: Ctrl-C in the terminal does not reach it. */
  readonly detached?: boolean;
  /** With `detached`: what it leaves of its group is killed once it has ended. */
  readonly ends_group?: boolean;
  /** Let every other program go first. */
  readonly low_priority?: boolean;
  /** Kill it if this process ends first, even by SIGKILL. Needs `sh`. */
  readonly kill_with_parent?: boolean;
  /** Default {@link STOP_MS_MAX}. */
  readonly stop_ms_max?: number;
}

/**
 * Starts a program with its arguments.
 *
 * ```ts
 * await using server = startProcess([Deno.execPath(), "run", "-A", "server.ts"], {
 *   stdout: (stream) => readLines(stream, console.log),
 *   kill_with_parent: true,
 * });
 * const { code } = await server.ended;
 * if (code !== 0) throw new Error(`server ended with exit code ${code}: ${server.stderr_tail}`);
 * ```
 *
 * @throws {Error} `Cannot start NAME by PROGRAM: …` if there is no such program.
 */
export function startProcess(
  command: readonly string[],
  options: StartOptions = {},
): RunningProcess {
  const [program, ...args] = [...options.low_priority ? lowPriority() : [], ...command];
  const { name = command[0], stdin = "null", stdout = "null", stderr = "keep" } = options;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      cwd: options.cwd,
      env: options.env,
      clearEnv: options.clear_env,
      stdin,
      stdout: typeof stdout === "function" ? "piped" : stdout,
      stderr: stderr === "keep" || stderr === "pass" ? "piped" : stderr,
      detached: options.detached,
    }).spawn();
  } catch (error) {
    const by = name === program ? "" : ` by ${program}`;
    throw new Error(`Cannot start ${name}${by}: ${(error as Error).message}`, { cause: error });
  }
  return new RunningProcess(child, options);
}

/** A child process. Disposing of it stops it. */
export class RunningProcess implements AsyncDisposable {
  /** Resolves once the process has ended and its output was read, or a grandchild holds it. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #stop_ms_max: number;
  readonly #stderr_tail: string[] = [];
  #has_ended = false;

  /** @ignore Use {@link startProcess}. */
  constructor(private readonly child: Deno.ChildProcess, options: StartOptions) {
    this.#stop_ms_max = options.stop_ms_max ?? STOP_MS_MAX;
    this.ended = this.#follow(options);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Whether the process has ended; its output may still be on the way. */
  get has_ended(): boolean {
    return this.#has_ended;
  }

  /** With `stdin: "piped"`. */
  get stdin(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.child.stdin;
  }

  /** With `stdout: "piped"`. */
  get stdout(): OutputStream {
    return this.child.stdout;
  }

  /** With `stderr: "piped"`. */
  get stderr(): OutputStream {
    return this.child.stderr;
  }

  /** The last {@link STDERR_LINES_MAX} lines of stderr, with `stderr: "keep"` or `"pass"`. */
  get stderr_tail(): string {
    return this.#stderr_tail.join("\n");
  }

  /** Sends the signal at once; does nothing if the process has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.child.kill(signal);
    } catch (error) {
      // Only the system knows for sure whether a process has ended: its status resolves later.
      const has_ended = error instanceof Deno.errors.NotFound ||
        (error instanceof TypeError && error.message.includes("already terminated"));
      if (!has_ended) throw error;
    }
  }

  /** Waits for the end; sends SIGKILL after `wait_ms`. */
  async endWithin(wait_ms: number): Promise<Deno.CommandStatus> {
    const timer = setTimeout(() => this.kill("SIGKILL"), wait_ms);
    return await this.ended.finally(() => clearTimeout(timer));
  }

  /** Sends SIGTERM, and SIGKILL after `stop_ms_max`; resolves when the process has ended. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.kill(signal);
    return await this.endWithin(this.#stop_ms_max);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #follow({ stdout, stderr = "keep", ends_group, kill_with_parent }: StartOptions) {
    const watch = kill_with_parent ? killWithParent(this.pid) : null;
    const drained = Promise.all([
      typeof stdout === "function" ? stdout(this.stdout) : null,
      stderr === "keep" ? this.#keep(this.stderr) : null,
      stderr === "pass" ? this.#keepAndPass(this.stderr) : null,
    ]);
    const status = await this.child.status;
    this.#has_ended = true;
    if (ends_group) endGroup(this.pid);
    await Promise.race([drained, drainTime(drained)]);
    await watch?.release();
    return status;
  }

  #keep(stream: OutputStream): Promise<void> {
    return readLines(stream, (line) => {
      this.#stderr_tail.push(line);
      if (this.#stderr_tail.length > STDERR_LINES_MAX) this.#stderr_tail.shift();
    });
  }

  async #keepAndPass(stream: OutputStream): Promise<void> {
    const [kept, passed] = stream.tee();
    const keeping = this.#keep(kept);
    for await (const chunk of passed) {
      for (let at = 0; at < chunk.length;) at += await Deno.stderr.write(chunk.subarray(at));
    }
    await keeping;
  }
}

/**
 * Resolves after {@link DRAIN_MS_MAX}, in steps: what has arrived while this thread stood still is
 * read between two of them.
 */
async function drainTime(drained: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  drained.finally(() => over.abort()).catch(() => {});
  for (let step = 0; step < DRAIN_STEPS; step++) {
    await pause(DRAIN_MS_MAX / DRAIN_STEPS, over.signal);
  }
}

/** Ends what a process left of its group: workers that outlive it would keep its port. */
function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch {
    // Nothing was left, or the system has no groups.
  }
}

export interface RunOptions extends Omit<StartOptions, "stdin" | "stdout" | "stderr"> {
  /** Written to its stdin. */
  readonly input?: string;
  /** It is killed after this time; no limit by default. */
  readonly run_ms_max?: number;
}

/**
 * Runs a program to its end and returns its output as text.
 *
 * ```ts
 * const { code, stdout } = await runProcess(["git", "rev-parse", "HEAD"]);
 * ```
 *
 * @throws {Error} as {@link startProcess}.
 */
export async function runProcess(
  command: readonly string[],
  { input, run_ms_max, ...options }: RunOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdin = input === undefined ? "null" : "piped";
  const child = startProcess(command, { ...options, stdin, stdout: "piped", stderr: "piped" });
  const [{ code }, stdout, stderr] = await Promise.all([
    run_ms_max === undefined ? child.ended : child.endWithin(run_ms_max),
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    input === undefined ? null : new Blob([input]).stream().pipeTo(child.stdin),
  ]);
  return { code, stdout, stderr };
}

/** Whether a program can be started and succeeds. */
export function canRun([program, ...args]: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Words before a command that let it run only while a core is idle: `chrt` (Linux) yields the core
 * at once, `nice` at the scheduler's next tick of 4 ms. Empty if neither works.
 */
export function lowPriority(runs: (command: readonly string[]) => boolean = canRun): string[] {
  const candidates = [["chrt", "--idle", "0"], ["nice", "-n", "19"]];
  return candidates.find((command) => runs([...command, Deno.execPath(), "--version"])) ?? [];
}
