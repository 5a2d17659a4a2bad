/** The lab as a process of its own, for tests that end it one way or another. */
import { readJournalFile } from "../../journal/mod.ts";
import type { JournalRecord } from "../../journal/mod.ts";
import { identify, MARK_VARIABLE, processesMarked, type ProcessIdentity } from "../../guard/mod.ts";
import { until } from "../../run/waiting.ts";

/** Longest anything in these tests is waited for, in milliseconds. */
const WAIT_MS_MAX = 60_000;

/** A run of `short_cli.ts`. */
export class LabProcess implements AsyncDisposable {
  readonly dir: string;
  readonly #child: Deno.ChildProcess;
  readonly #texts: Promise<void>[];
  #stdout = "";
  #stderr = "";
  #mark: string | null = null;

  private constructor(dir: string, args: readonly string[]) {
    this.dir = dir;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("short_cli.ts", import.meta.url).href, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#texts = [
      collect(this.#child.stdout, (text) => this.#stdout += text),
      collect(this.#child.stderr, (text) => this.#stderr += text),
    ];
  }

  /** Starts a run whose folder is below a temporary one. */
  static async start(...args: string[]): Promise<LabProcess> {
    const dir = await Deno.makeTempDir({ prefix: "chaos-test-" });
    const all = ["run", "short", "--seed=1", "--engine=embedded", `--out=${dir}/run`, ...args];
    return new LabProcess(dir, all);
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Waits until that phase is told. */
  async phase(phase: string): Promise<void> {
    const line = new RegExp(`^ +[\\d.]+ s {2}${phase}$`, "m");
    await this.#wait(`phase ${phase}`, () => line.test(this.#stdout));
  }

  /** Waits until the lab has started its first process. */
  async firstProcess(): Promise<void> {
    await this.#wait("the first process", () => this.processes().length > 0);
  }

  /** What runs on the lab's behalf. */
  processes(): ProcessIdentity[] {
    this.#mark ??= markBelow(this.#child.pid);
    return this.#mark === null ? [] : processesMarked(MARK_VARIABLE, this.#mark);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async exitCode(): Promise<number> {
    const { code } = await this.#child.status;
    await Promise.all(this.#texts);
    return code;
  }

  /** How long it took until nothing of it was left, in milliseconds. */
  async gone(): Promise<number> {
    const start_ms = performance.now();
    await this.#wait("its processes to end", () => this.processes().length === 0);
    return performance.now() - start_ms;
  }

  journal(): Promise<JournalRecord[]> {
    return readJournalFile(`${this.dir}/run`);
  }

  async #wait(what: string, condition: () => boolean): Promise<void> {
    if (await until(condition, WAIT_MS_MAX)) return;
    throw new Error(`waited ${WAIT_MS_MAX} ms in vain for ${what}:\n${this.output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.processes();
    if (identify(this.#child.pid) !== null) this.#child.kill("SIGKILL");
    await this.exitCode();
    for (const { pid } of left) if (identify(pid) !== null) tryKill(pid);
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** The mark the lab's guard gives to processes; null while there is none. */
function markBelow(lab_pid: number): string | null {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) !== lab_pid) continue;
      const line = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0")
        .find((line) => line.startsWith(`${MARK_VARIABLE}=`));
      // The guard itself has it too, empty.
      const mark = line?.slice(MARK_VARIABLE.length + 1) ?? "";
      if (mark !== "") return mark;
    } catch {
      // Gone meanwhile.
    }
  }
  return null;
}

function tryKill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onText: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) onText(text);
}
