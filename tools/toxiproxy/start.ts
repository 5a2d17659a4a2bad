/** Finds the real Toxiproxy, starts it or the embedded one, and returns a client of it. */
import { freePort, type RunningProcess, startProcess } from "../processes/mod.ts";
import { until } from "../verdict/mod.ts";
import { ToxiproxyClient } from "./client.ts";

/** Longest wait for a server to answer after its start, in milliseconds. */
const READY_MS_MAX = 20_000;
/** Folder of `deno task toxiproxy:install`, from the project's folder. */
const INSTALL_FOLDER = ".cache/toxiproxy";
const SERVER_NAME = "toxiproxy-server";

/** The real Toxiproxy of this machine. */
export type RealToxiproxy =
  /** A server that runs already; others may use it too. */
  | { readonly kind: "running"; readonly url: string }
  /** A program to start. */
  | { readonly kind: "program"; readonly path: string };

/** The environment and the files that {@link findRealToxiproxy} looks at. */
interface FindWorld {
  env(name: string): string | undefined;
  isFile(path: string): boolean;
  /** Ends with a slash. */
  readonly project_folder: string;
}

const DENO_WORLD: FindWorld = {
  env: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
  project_folder: `${import.meta.dirname}/../../`,
};

/**
 * `TOXIPROXY_URL`, else `toxiproxy-server` on PATH, else the installed one; null if there is none.
 */
export function findRealToxiproxy(world: Partial<FindWorld> = {}): RealToxiproxy | null {
  const { env, isFile, project_folder } = { ...DENO_WORLD, ...world };
  const url = env("TOXIPROXY_URL");
  if (url) return { kind: "running", url };
  const folders = (env("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...folders, project_folder + INSTALL_FOLDER]) {
    const path = `${folder}/${SERVER_NAME}`;
    if (isFile(path)) return { kind: "program", path };
  }
  return null;
}

/** `auto`: the real one if it is found, else the embedded one. */
export type EngineChoice = "auto" | "real" | "embedded";

interface ToxiproxyOptions {
  readonly engine: EngineChoice;
  /** Used by the embedded one; the real one ignores it. */
  readonly seed: number;
  /** Default: the one found on this machine; null for none. */
  readonly real?: RealToxiproxy | null;
}

/** How the server is started: it listens on this port of 127.0.0.1 and answers `GET /proxies`. */
interface ServerProgram {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
}

/** A Toxiproxy that answers. Disposing of it stops what was started. */
export interface RunningToxiproxy<P = RunningProcess> extends AsyncDisposable {
  readonly engine: "real" | "embedded";
  /** `toxiproxy git (real)`, `embedded`. */
  readonly label: string;
  readonly client: ToxiproxyClient;
  /** Null for a server that ran before: it is not ours to stop. */
  readonly process: P | null;
}

const HOW_TO_GET =
  "run `deno task toxiproxy:install` (needs Go), or set TOXIPROXY_URL, or use the embedded engine";

/**
 * Starts or finds a Toxiproxy; it has answered `GET /proxies` then.
 *
 * ```ts
 * await using toxiproxy = await startToxiproxy({ engine: "auto", seed: 1 });
 * await toxiproxy.client.create({ name: "api", listen: "127.0.0.1:0", upstream: "127.0.0.1:80" });
 * ```
 */
export function startToxiproxy(options: ToxiproxyOptions): Promise<RunningToxiproxy> {
  return startToxiproxyBy(startServerProcess, options);
}

/** Like {@link startToxiproxy}, with `start` to start the program and wait until it answers. */
export async function startToxiproxyBy<P extends AsyncDisposable>(
  start: (program: ServerProgram) => Promise<P>,
  { engine, seed, real = findRealToxiproxy() }: ToxiproxyOptions,
): Promise<RunningToxiproxy<P>> {
  if (engine === "real" && real === null) {
    throw new Error(`Cannot use the real Toxiproxy: it was not found; ${HOW_TO_GET}`);
  }
  const used = engine === "embedded" ? null : real;
  if (used?.kind === "running") return await connectTo(used.url);
  const port = freePort();
  await using stack = new AsyncDisposableStack();
  const process = stack.use(await start(programOf(used?.path ?? null, port, seed)));
  const client = new ToxiproxyClient(`http://127.0.0.1:${port}`);
  const label = used === null ? "embedded" : `toxiproxy ${await client.version()} (real)`;
  const kept = stack.move();
  return {
    engine: used === null ? "embedded" : "real",
    label,
    client,
    process,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** @param path Of the real server; null for the embedded one. */
function programOf(path: string | null, port: number, seed: number): ServerProgram {
  const flags = ["-host", "127.0.0.1", "-port", `${port}`, "-seed", `${seed}`];
  if (path !== null) {
    // By default the real one logs a line for each request.
    return { command: [path, ...flags], env: { LOG_LEVEL: "error" }, port };
  }
  const main = new URL("./main.ts", import.meta.url).href;
  const command = [Deno.execPath(), "run", "--no-prompt", "--allow-net", main, ...flags];
  return { command, env: {}, port };
}

async function startServerProcess({ command, env, port }: ServerProgram): Promise<RunningProcess> {
  const server = startProcess(command, { name: "toxiproxy", env, kill_with_parent: true });
  const client = new ToxiproxyClient(`http://127.0.0.1:${port}`);
  try {
    await until("Toxiproxy to answer", async () => {
      if (server.has_ended) throw new Error(`Cannot start toxiproxy: ${server.stderr_tail}`);
      return await client.proxies().then(() => true, () => false);
    }, { wait_ms_max: READY_MS_MAX });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connectTo<P>(url: string): Promise<RunningToxiproxy<P>> {
  const client = await askToxiproxy(url);
  return {
    engine: "real",
    label: `toxiproxy ${await client.version()} (real)`,
    client,
    process: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * A client of the server at `TOXIPROXY_URL`.
 * @throws {Error} that says what to do, if it does not answer.
 */
export async function askToxiproxy(url: string): Promise<ToxiproxyClient> {
  try {
    const client = new ToxiproxyClient(url);
    // Not /version: a hanging server still answers that.
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
