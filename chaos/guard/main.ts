/**
 * The guard: a process that lives on its standard input. Where that ends before the lab said that it
 * is done, the lab has died, and the guard lifts its faults, ends its processes and removes its folder.
 *
 *     deno run --allow-all chaos/guard/main.ts REPORT_FILE
 *
 * It needs all permissions since Deno shows /proc/PID/environ to no less.
 */
import { endProcesses, isRunning, processesMarked, type Victim } from "./processes.ts";
import { nothingWatched, READY, take, type Watched } from "./protocol.ts";
import { CALL_MS_MAX, restoreProxies } from "./restore_proxies.ts";

const report_path = Deno.args[0];

/** A guard that a signal ends guards nothing: it ends with its input. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {});
}

Deno.stdout.writeSync(new TextEncoder().encode(READY + "\n"));
const watched = nothingWatched();
await listen(watched);
if (!watched.done) await act(watched);
Deno.exit(0);

async function listen(watched: Watched): Promise<void> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(watched, line);
  }
}

async function act(watched: Watched): Promise<void> {
  tell("the lab is gone: its faults are lifted and its processes ended");
  const outcomes: PromiseSettledResult<void>[] = await Promise.allSettled([
    endAll(watched),
    ...[...watched.proxies.values()].map((proxy) => restoreProxies(proxy, call, tell)),
  ]);
  // Last: what is ended above may still write there.
  outcomes.push(...await Promise.allSettled([...watched.folders].map(removeFolder)));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") tell(`failed: ${outcome.reason}`);
  }
  tell("done");
}

async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
  tell(`${path} removed`);
}

async function endAll(watched: Watched): Promise<void> {
  const left = await endProcesses({
    victims: () => victimsOf(watched),
    isRunning,
    signal: (pid, signal) => Deno.kill(pid, signal),
    now: () => performance.now(),
    pause: (pause_ms) => new Promise((resolve) => setTimeout(resolve, pause_ms)),
  }, tell);
  for (const { identity, name } of left) tell(`${name} (pid ${identity.pid}) still runs`);
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

async function call(
  method: string,
  url: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_MS_MAX),
  });
  const text = await response.text();
  return { status: response.status, json: jsonOrNull(text) };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** To the report, a line a step; the lab's own screen may be gone. */
function tell(step: string): void {
  const line = JSON.stringify({ at: new Date().toISOString(), step }) + "\n";
  try {
    Deno.writeTextFileSync(report_path, line, { append: true });
  } catch {
    // No room for the report is no reason to leave faults on.
  }
}
