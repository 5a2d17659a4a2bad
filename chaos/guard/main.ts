/**
 * The guard process. If its standard input ends before the lab is done, the lab has died: the guard
 * ends the lab's processes, and removes its proxies and its folder.
 *
 *     deno run --allow-all chaos/guard/main.ts REPORT_FILE
 *
 * It needs all permissions, because Deno requires them to read /proc/PID/environ.
 */
import { pause } from "../../tools/verdict/mod.ts";
import { endProcesses, isRunning, processesMarked, type Victim } from "./processes.ts";
import { READY, type Watched } from "./protocol.ts";
import { CALL_MS_MAX, removeProxies } from "./remove_proxies.ts";

const report_path = Deno.args[0];

// Only the end of its input ends the guard.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {});
}

Deno.stdout.writeSync(new TextEncoder().encode(READY + "\n"));
const watched = await readInput();
if (watched?.done === false) await cleanUp(watched);
Deno.exit(0);

/** The last complete line; null without one. */
async function readInput(): Promise<Watched | null> {
  let watched: Watched | null = null, rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (lines.length > 0) watched = JSON.parse(lines.at(-1)!);
  }
  return watched;
}

async function cleanUp(watched: Watched): Promise<void> {
  report("the lab has died: lifting its faults and ending its processes");
  const outcomes: PromiseSettledResult<void>[] = await Promise.allSettled([
    endAll(watched),
    ...watched.proxies.map((proxy) => removeProxies(proxy, call, report)),
  ]);
  // Folders come last, because the processes may write to them until they end.
  outcomes.push(...await Promise.allSettled(watched.folders.map(removeFolder)));
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
  const unregistered = processesMarked(mark.name, mark.value)
    .filter(({ pid }) => !processes.some(({ identity }) => identity.pid === pid))
    .map((identity) => ({ identity, name: "a process of the lab" }));
  return [...processes, ...unregistered];
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
