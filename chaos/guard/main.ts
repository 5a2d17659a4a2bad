/**
 * The guard process. If its standard input ends before the message `done`, the lab has died: the
 * guard ends the lab's processes, removes its proxies and its folder.
 *
 *     deno run --allow-all chaos/guard/main.ts REPORT_FILE
 *
 * It needs all permissions, because Deno requires them to read /proc/PID/environ.
 */
import { pause } from "../../tools/verdict/mod.ts";
import { endProcesses, isRunning, processesMarked, type Victim } from "./processes.ts";
import { nothingWatched, READY, take, type Watched } from "./protocol.ts";
import { CALL_MS_MAX, removeProxies } from "./remove_proxies.ts";

const report_path = Deno.args[0];

// Only the end of its input ends the guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {});
}

Deno.stdout.writeSync(new TextEncoder().encode(READY + "\n"));
const watched = nothingWatched();
await listen(watched);
if (!watched.done) await cleanUp(watched);
Deno.exit(0);

async function listen(watched: Watched): Promise<void> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(watched, line);
  }
}

async function cleanUp(watched: Watched): Promise<void> {
  report("the lab has died: lifting its faults and ending its processes");
  const outcomes: PromiseSettledResult<void>[] = await Promise.allSettled([
    endAll(watched),
    ...[...watched.proxies.values()].map((proxy) => removeProxies(proxy, call, report)),
  ]);
  // Folders come last, because the processes may write to them until they end.
  outcomes.push(...await Promise.allSettled([...watched.folders].map(removeFolder)));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") report(`failed: ${outcome.reason}`);
  }
  report("done");
}

async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
  report(`${path} removed`);
}

async function endAll(watched: Watched): Promise<void> {
  const left = await endProcesses({
    victims: () => victimsOf(watched),
    isRunning,
    signal: (pid, signal) => Deno.kill(pid, signal),
    now: () => performance.now(),
    pause,
  }, report);
  for (const { identity, name } of left) report(`${name} (pid ${identity.pid}) still runs`);
}

function victimsOf({ processes, mark }: Watched): Victim[] {
  const victims = new Map<number, Victim>(processes);
  const marked = mark === null ? [] : processesMarked(mark.name, mark.value);
  for (const identity of marked) {
    const known = victims.get(identity.pid);
    victims.set(identity.pid, { identity, name: known?.name ?? "a process of the lab" });
  }
  return [...victims.values()];
}

async function call(method: string, url: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(CALL_MS_MAX) });
  const { status } = response;
  const text = await response.text();
  try {
    return { status, json: JSON.parse(text) };
  } catch {
    return { status, json: null };
  }
}

/** Appends a line to the report; the lab's terminal may be gone. */
function report(step: string): void {
  const line = JSON.stringify({ at: new Date().toISOString(), step }) + "\n";
  try {
    Deno.writeTextFileSync(report_path, line, { append: true });
  } catch {
    // Cleaning up matters more than the report.
  }
}
