/** schemathesis (MIT, from PyPI) in its own Python environment. */
import { runProcess } from "../../tools/processes/mod.ts";

const VERSION = "4.32.5";
const FOLDER = `.cache/schemathesis-${VERSION}`;
const PROGRAM = `${FOLDER}/bin/schemathesis`;
const CONFIG = "e2e/contract/schemathesis.toml";

/** Time limit of one run; a slower machine gets no verdict. */
export const RUN_MS_MAX = 60_000;

/** The project's folder: paths are relative to it. */
const PROJECT = new URL("../../", import.meta.url);

/** schemathesis is not available; the message names what is missing. */
export class NotInstalled extends Error {}

interface ContractRun {
  /** 0 without findings, 1 with findings. */
  readonly code: number;
  /** Whether it was stopped at {@link RUN_MS_MAX}. */
  readonly is_late: boolean;
  readonly output: string;
  readonly took_ms: number;
}

/** Installs schemathesis if missing. @throws {NotInstalled} */
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

export async function testService(url: string): Promise<ContractRun> {
  const from_ms = performance.now();
  // By default schemathesis skips the document itself; a filter for all paths includes it.
  const args = ["run", "--include-path-regex", ".", `${url}/openapi.json`];
  const { code, stdout, stderr } = await runProcess([PROGRAM, "--config-file", CONFIG, ...args], {
    cwd: PROJECT,
    env: { NO_COLOR: "1", COLUMNS: "100", HYPOTHESIS_STORAGE_DIRECTORY: ".cache/hypothesis" },
    run_ms_max: RUN_MS_MAX,
  });
  const took_ms = performance.now() - from_ms;
  return { code, is_late: took_ms >= RUN_MS_MAX, output: stdout + stderr, took_ms };
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
