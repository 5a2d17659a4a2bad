/** A running Toxiproxy for the lab: the real one where it is to be had, else the embedded one. */
import { freePort } from "../processes/mod.ts";
import type { Guard } from "../../chaos/guard/mod.ts";
import { ManagedProcess, type ProcessEvent } from "../../chaos/subject/mod.ts";
import { ToxiproxyClient } from "./client.ts";
import { findRealToxiproxy, type RealToxiproxy } from "./find_real.ts";

const MAIN = new URL("./main.ts", import.meta.url);

/** `auto`: the real one where it is found. */
export type EngineChoice = "auto" | "real" | "embedded";

export interface ToxiproxyOptions {
  readonly engine: EngineChoice;
  /** Of the embedded one; the real one has no seed that works. */
  readonly seed: number;
  /** What its process is called in events; default `toxiproxy`. */
  readonly name?: string;
  readonly guard?: Guard;
  readonly onEvent?: (event: ProcessEvent) => void;
  /** Default: what is found on this machine; null is none. */
  readonly real?: RealToxiproxy | null;
}

export interface RunningToxiproxy extends AsyncDisposable {
  readonly engine: "real" | "embedded";
  /** `toxiproxy git (real)`, `embedded`. */
  readonly label: string;
  readonly client: ToxiproxyClient;
  /** null for one that ran before: it is not ours to stop. */
  readonly process: ManagedProcess | null;
}

const HOW_TO_GET =
  "run `deno task toxiproxy:install` (needs Go), or set TOXIPROXY_URL, or use the embedded engine";

/** Starts or finds it; it has answered `GET /proxies` then. What is started is stopped by disposal. */
export async function startToxiproxy(options: ToxiproxyOptions): Promise<RunningToxiproxy> {
  const { engine, real = findRealToxiproxy() } = options;
  if (engine === "real" && real === null) {
    throw new Error(`Cannot use the real Toxiproxy: it was not found; ${HOW_TO_GET}`);
  }
  if (engine === "embedded" || real === null) return await startEmbedded(options);
  return real.kind === "running"
    ? await useRunning(real.url)
    : await startProgram(real.path, options);
}

async function startEmbedded(options: ToxiproxyOptions): Promise<RunningToxiproxy> {
  const port = freePort();
  const process = await ManagedProcess.start({
    name: options.name ?? "toxiproxy",
    command: [
      Deno.execPath(),
      ...["run", "--no-prompt", "--allow-net", MAIN.href],
      ...["-host", "127.0.0.1", "-port", `${port}`, "-seed", `${options.seed}`],
    ],
    env: {},
    port,
    ready_path: "/proxies",
  }, options);
  return owned("embedded", "embedded", process);
}

async function startProgram(path: string, options: ToxiproxyOptions): Promise<RunningToxiproxy> {
  const port = freePort();
  const process = await ManagedProcess.start({
    name: options.name ?? "toxiproxy",
    command: [path, "-host", "127.0.0.1", "-port", `${port}`, "-seed", `${options.seed}`],
    // One line a request is more than anybody reads.
    env: { LOG_LEVEL: "error" },
    port,
    ready_path: "/proxies",
  }, options);
  try {
    const version = await new ToxiproxyClient(process.url).version();
    return owned("real", `toxiproxy ${version} (real)`, process);
  } catch (error) {
    await process.stop();
    throw error;
  }
}

function owned(
  engine: "real" | "embedded",
  label: string,
  process: ManagedProcess,
): RunningToxiproxy {
  return {
    engine,
    label,
    client: new ToxiproxyClient(process.url),
    process,
    [Symbol.asyncDispose]: () => process.stop(),
  };
}

async function useRunning(url: string): Promise<RunningToxiproxy> {
  const client = await askToxiproxy(url);
  return {
    engine: "real",
    label: `toxiproxy ${await client.version()} (real)`,
    client,
    process: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Client of the one `TOXIPROXY_URL` names, which has answered; else an error that says what to do. */
export async function askToxiproxy(url: string): Promise<ToxiproxyClient> {
  try {
    const client = new ToxiproxyClient(url);
    // Not /version: that answers even where the server is wedged.
    await client.proxies();
    return client;
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      `TOXIPROXY_URL=${url}: must be a running Toxiproxy: ${reason}: start it there, correct or ` +
        "unset the variable, or take --engine embedded",
    );
  }
}
