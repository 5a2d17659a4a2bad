/** The lab's side of its guard. */
import { type RunningProcess, startProcess } from "../../tools/processes/mod.ts";
import { identify } from "./processes.ts";
import { type GuardMessage, READY, type WatchedProxy } from "./protocol.ts";

/** How long a guard may take to start, in milliseconds. */
const START_MS_MAX = 10_000;
/** How long a guard may take to end after {@link Guard.done}, in milliseconds. */
const END_MS_MAX = 2_000;

/** Variable that marks the lab's processes and their children. */
export const MARK_VARIABLE = "CHAOS_LAB_MARK";

/** Options of {@link startGuard}. */
export interface GuardOptions {
  /** Where the guard writes what it did, should it have to; default a file of its own in TMPDIR. */
  readonly report_path?: string;
}

/**
 * A process that lifts faults and ends processes where the lab dies, however it does. Whatever is
 * started with {@link Guard.env} is found, also where there was no time left to register it.
 */
export interface Guard extends AsyncDisposable {
  readonly pid: number;
  readonly report_path: string;
  /** To be set for every process of the lab. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves where the guard's process ends before {@link done}: nothing is guarded any more. */
  readonly lost: Promise<{ code: number }>;
  /** Resolves when the guard's process has ended, however it came to that. */
  readonly ended: Promise<{ code: number }>;
  /** The process is ended with the lab, unless its pid is another's by then. */
  watchProcess(pid: number, name?: string): Promise<void>;
  /** The process is no concern of the guard any more. */
  forget(pid: number): Promise<void>;
  /** A folder of the lab's own, removed with it. */
  watchFolder(path: string): Promise<void>;
  /** A Toxiproxy that was there before is brought back to how it was found. */
  watchProxy(proxy: WatchedProxy): Promise<void>;
  /** All is lifted and ended already: the guard has nothing to do. */
  done(): Promise<void>;
}

/**
 * Starts a guard, in a session of its own: Ctrl-C in the lab's terminal does not reach it.
 *
 * ```ts
 * await using guard = await startGuard(); // throws where it does not come up
 * const child = startProcess(["sleep", "60"], { env: guard.env });
 * await guard.watchProcess(child.pid, "sleep");
 * ```
 */
export async function startGuard(options: GuardOptions = {}): Promise<Guard> {
  const mark = crypto.randomUUID();
  const report_path = options.report_path ?? `${tempFolder()}/chaos-guard-${mark}.ndjson`;
  const main = new URL("./main.ts", import.meta.url);
  const command = [Deno.execPath(), "run", "--no-prompt", "--allow-all", main.href, report_path];
  const child = startProcess(command, {
    // A lab within a lab: the outer guard must not take this one for a process of its lab.
    env: { [MARK_VARIABLE]: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  });
  await demandReady(child);
  const writer = child.stdin.getWriter();
  const lost = Promise.withResolvers<{ code: number }>();
  let is_done = false;
  const ended = child.ended.then(({ code }) => {
    if (!is_done) lost.resolve({ code });
    return { code };
  });
  const send = async (message: GuardMessage) => {
    if (is_done) return;
    try {
      await writer.write(new TextEncoder().encode(JSON.stringify(message) + "\n"));
    } catch (error) {
      throw new Error(
        `Cannot tell the guard (pid ${child.pid}) of ${message.tell}: it has ended ` +
          `(${(error as Error).message}); start the run anew`,
      );
    }
  };
  const done = async () => {
    if (is_done) return await ended.then(() => {});
    await send({ tell: "done" }).catch(() => {}); // one that has ended needs no telling
    is_done = true;
    await writer.close().catch(() => {});
    await child.endWithin(END_MS_MAX);
  };
  await send({ tell: "mark", name: MARK_VARIABLE, value: mark });
  return {
    pid: child.pid,
    report_path,
    env: { [MARK_VARIABLE]: mark },
    lost: lost.promise,
    ended,
    watchProcess: async (pid, name = "a process of the lab") => {
      const process = identify(pid);
      if (process !== null) await send({ tell: "process", process, name });
    },
    forget: (pid) => send({ tell: "forget", pid }),
    watchFolder: (path) => send({ tell: "folder", path }),
    watchProxy: (proxy) => send({ tell: "proxy", proxy }),
    done,
    [Symbol.asyncDispose]: done,
  };
}

/** A guard that does not run yet guards nothing: the lab starts nothing before it does. */
async function demandReady(child: RunningProcess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
  let told = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    told += text;
    if (told.includes("\n")) break;
  }
  clearTimeout(timer);
  if (told.startsWith(READY)) return;
  await child.stdin.close().catch(() => {});
  const { code } = await child.ended;
  throw new Error(
    `Cannot start the guard: it ended with exit code ${code} within ${START_MS_MAX} ms without a word`,
  );
}

function tempFolder(): string {
  return Deno.env.get("TMPDIR")?.replace(/\/$/, "") || "/tmp";
}
