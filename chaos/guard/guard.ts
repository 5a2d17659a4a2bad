/** Starts the guard process and sends it messages. */
import { type RunningProcess, startProcess } from "../../tools/processes/mod.ts";
import { identify, type Victim } from "./processes.ts";
import { READY, type Watched, type WatchedProxy } from "./protocol.ts";

const START_MS_MAX = 10_000;
/** Deadline of the end after {@link Guard.done}, in milliseconds. */
const END_MS_MAX = 2_000;

/** Environment variable that marks the lab's processes and their descendants. */
export const MARK_VARIABLE = "CHAOS_LAB_MARK";

/**
 * A process that lifts faults and ends processes if the lab dies, even by SIGKILL. It finds every
 * process started with {@link Guard.env}, also before it is registered.
 */
export interface Guard extends AsyncDisposable {
  readonly pid: number;
  readonly report_path: string;
  /** Environment for every process of the lab. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves if the guard ends before {@link done}. */
  readonly lost: Promise<{ code: number }>;
  readonly ended: Promise<{ code: number }>;
  /** Registers a process, which the guard ends if the lab dies. */
  watchProcess(pid: number, name?: string): Promise<void>;
  forget(pid: number): Promise<void>;
  /** Registers a folder, which the guard removes if the lab dies. */
  watchFolder(path: string): Promise<void>;
  /** Registers a Toxiproxy that ran before the lab. */
  watchProxy(proxy: WatchedProxy): Promise<void>;
  /** Ends the guard: everything is cleaned up. */
  done(): Promise<void>;
}

/** Starts a guard in a session of its own, which Ctrl-C in the lab's terminal does not reach. */
export async function startGuard(options: { report_path?: string } = {}): Promise<Guard> {
  const mark = crypto.randomUUID();
  const report_path = options.report_path ?? `${tempFolder()}/chaos-guard-${mark}.ndjson`;
  const main = new URL("./main.ts", import.meta.url);
  const command = [Deno.execPath(), "run", "--no-prompt", "--allow-all", main.href, report_path];
  const child = startProcess(command, {
    // In a lab within a lab, the outer guard must not end the inner one.
    env: { [MARK_VARIABLE]: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  });
  await waitUntilReady(child);
  const writer = child.stdin.getWriter();
  const lost = Promise.withResolvers<{ code: number }>();
  let is_done = false;
  const ended = child.ended.then(({ code }) => {
    if (!is_done) lost.resolve({ code });
    return { code };
  });
  const processes = new Map<number, Victim>();
  const proxies: WatchedProxy[] = [], folders: string[] = [];
  const send = async (what: string, done = false) => {
    if (is_done) return;
    const variable = { name: MARK_VARIABLE, value: mark };
    const all = [...processes.values()];
    const watched: Watched = { mark: variable, processes: all, proxies, folders, done };
    try {
      await writer.write(new TextEncoder().encode(JSON.stringify(watched) + "\n"));
    } catch (error) {
      throw new Error(
        `Cannot send ${what} to the guard (pid ${child.pid}): it has ended ` +
          `(${(error as Error).message}); start the run again`,
      );
    }
  };
  const done = async () => {
    if (is_done) return await ended.then(() => {});
    await send("the end", true).catch(() => {}); // it may have ended
    is_done = true;
    await writer.close().catch(() => {});
    await child.endWithin(END_MS_MAX);
  };
  await send("its mark");
  return {
    pid: child.pid,
    report_path,
    env: { [MARK_VARIABLE]: mark },
    lost: lost.promise,
    ended,
    async watchProcess(pid, name = "a process of the lab") {
      const identity = identify(pid);
      if (identity === null) return;
      processes.set(pid, { identity, name });
      await send("a process");
    },
    async forget(pid) {
      processes.delete(pid);
      await send("an ended process");
    },
    async watchFolder(path) {
      folders.push(path);
      await send("a folder");
    },
    async watchProxy(proxy) {
      proxies.push(proxy);
      await send("a proxy");
    },
    done,
    [Symbol.asyncDispose]: done,
  };
}

/** The lab starts no other process before its guard runs. */
async function waitUntilReady(child: RunningProcess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (output.includes("\n")) break;
  }
  clearTimeout(timer);
  if (output.startsWith(READY)) return;
  await child.stdin.close().catch(() => {});
  const { code } = await child.ended;
  throw new Error(
    `Cannot start the guard: it ended with exit code ${code} within ${START_MS_MAX} ms`,
  );
}

function tempFolder(): string {
  return Deno.env.get("TMPDIR")?.replace(/\/$/, "") || "/tmp";
}
