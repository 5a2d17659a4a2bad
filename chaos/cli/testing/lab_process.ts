/** The lab as a process, for tests that end it. */
import { type JournalRecord, readJournalFile } from "../../journal/mod.ts";
import {
  environmentOf,
  isRunning,
  MARK_VARIABLE,
  pids,
  processesMarked,
  type ProcessIdentity,
  readStat,
} from "../../guard/mod.ts";
import { readLines, type RunningProcess, startProcess } from "../../../tools/processes/mod.ts";
import { calmClock, until } from "../../../tools/verdict/mod.ts";

const WAIT_MS_MAX = 60_000;

/** Index of the parent in {@link readStat}. */
const PARENT = 1;

/** A run of `short_cli.ts`. */
export class LabProcess implements AsyncDisposable {
  readonly dir: string;
  readonly #process: RunningProcess;
  #stdout = "";
  #mark: string | null = null;

  private constructor(dir: string, args: readonly string[]) {
    this.dir = dir;
    const program = new URL("short_cli.ts", import.meta.url).href;
    this.#process = startProcess([Deno.execPath(), "run", "-A", program, ...args], {
      stdout: (stream) => readLines(stream, (line) => this.#stdout += `${line}\n`),
    });
  }

  /** Starts a run in a temporary folder. */
  static async start(...args: string[]): Promise<LabProcess> {
    const dir = await Deno.makeTempDir({ prefix: "chaos-test-" });
    const all = ["run", "short", "--seed=1", "--engine=embedded", `--out=${dir}/run`, ...args];
    return new LabProcess(dir, all);
  }

  get output(): string {
    return this.#stdout + this.#process.stderr_tail;
  }

  async phase(phase: string): Promise<void> {
    const line = new RegExp(`^ +[\\d.]+ s {2}${phase}$`, "m");
    await this.#wait(`phase ${phase}`, () => line.test(this.#stdout));
  }

  async firstProcess(): Promise<void> {
    await this.#wait("the first process", () => this.processes().length > 0);
  }

  processes(): ProcessIdentity[] {
    this.#mark ??= markBelow(this.#process.pid);
    return this.#mark === null ? [] : processesMarked(MARK_VARIABLE, this.#mark);
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async exitCode(): Promise<number> {
    return (await this.#process.ended).code;
  }

  /** Waits until all its processes have ended; returns the time by {@link calmClock}. */
  async gone(): Promise<number> {
    const elapsed_ms = calmClock();
    await this.#wait("its processes to end", () => this.processes().length === 0);
    return elapsed_ms();
  }

  journal(): Promise<JournalRecord[]> {
    return readJournalFile(`${this.dir}/run`);
  }

  async #wait(what: string, condition: () => boolean): Promise<void> {
    await until(what, condition, { wait_ms_max: WAIT_MS_MAX }).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.output}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.processes();
    this.#process.kill("SIGKILL");
    await this.exitCode();
    for (const identity of left.filter(isRunning)) Deno.kill(identity.pid, "SIGKILL");
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** The mark of the lab's processes; null before the first one. */
function markBelow(lab_pid: number): string | null {
  for (const pid of pids()) {
    try {
      if (Number(readStat(pid)[PARENT]) !== lab_pid) continue;
    } catch {
      continue; // it has ended
    }
    const line = environmentOf(pid).find((line) => line.startsWith(`${MARK_VARIABLE}=`));
    const mark = line?.slice(MARK_VARIABLE.length + 1) ?? "";
    if (mark !== "") return mark; // the guard's own is empty
  }
  return null;
}
