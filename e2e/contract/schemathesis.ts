/** schemathesis (MIT, from PyPI) in a Python environment of its own. */

const VERSION = "4.32.5";
const FOLDER = `.cache/schemathesis-${VERSION}`;
const PROGRAM = `${FOLDER}/bin/schemathesis`;
const CONFIG = "e2e/contract/schemathesis.toml";

/** Longest time of one run; a machine that needs longer comes to no verdict. */
export const RUN_MS_MAX = 60_000;

/** The project's folder: paths are relative to it. */
const PROJECT = new URL("../../", import.meta.url);

/** schemathesis cannot be had here; the message says what is lacking. */
export class NotInstalled extends Error {}

/** What a run came to. */
export interface ContractRun {
  /** 0: nothing found; 1: something was. */
  readonly code: number;
  /** Whether it was stopped at {@link RUN_MS_MAX}. */
  readonly is_late: boolean;
  readonly output: string;
  readonly took_ms: number;
}

/** Installs schemathesis where it is not yet. Throws {@link NotInstalled} where that cannot be done. */
export async function install(): Promise<void> {
  if (await succeeds(PROGRAM, ["--version"])) return;
  if (!await succeeds("python3", ["-m", "venv", FOLDER])) {
    throw new NotInstalled("python3 with its module venv is needed");
  }
  const wanted = `schemathesis==${VERSION}`;
  const options = ["install", "--quiet", "--disable-pip-version-check", wanted];
  if (!await succeeds(`${FOLDER}/bin/pip`, options)) {
    throw new NotInstalled(`pip could not get ${wanted} from PyPI, which is needed once`);
  }
}

/** Has schemathesis ask the service at `url` all that its document says it may be asked. */
export async function askEverything(url: string): Promise<ContractRun> {
  const from_ms = performance.now();
  const child = new Deno.Command(PROGRAM, {
    // Left to itself it does not ask for the document again: a filter that takes all includes it.
    args: ["--config-file", CONFIG, "run", "--include-path-regex", ".", `${url}/openapi.json`],
    cwd: PROJECT,
    env: { NO_COLOR: "1", COLUMNS: "100", HYPOTHESIS_STORAGE_DIRECTORY: ".cache/hypothesis" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let is_late = false;
  const timer = setTimeout(() => {
    is_late = true;
    child.kill("SIGKILL");
  }, RUN_MS_MAX);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  return { code, is_late, output, took_ms: performance.now() - from_ms };
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    const options = { args, cwd: PROJECT, stdin: "null", stdout: "null" } as const;
    return (await new Deno.Command(program, { ...options, stderr: "inherit" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
