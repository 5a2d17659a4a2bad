/** The runner as a process, started as its task starts it. */
import { type Measured, spawnChild, taskArguments } from "../rig/mod.ts";
import { readMemory } from "../../tools/verdict/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** How often the process's memory is looked at, in milliseconds. */
const MEMORY_EVERY_MS = 100;

interface SummaryFile {
  state: { testRunDurationMs: number };
  metrics: Record<string, { values: Record<string, number> }>;
}

export interface RunnerRun extends Measured {
  /** The most memory it held; NaN without `/proc`. */
  peak_bytes: number;
}

/**
 * Runs a script that leaves `k6-NAME.json` in OUT_DIR.
 * @throws {Error} where it cannot be run; a threshold that does not hold is no error.
 */
export async function runK6Script(
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<RunnerRun> {
  const dir = await Deno.makeTempDir();
  try {
    const variables = Object.entries({ ...env, OUT_DIR: dir }).flatMap((pair) => [
      "-e",
      pair.join("="),
    ]);
    const child = spawnChild(
      new Deno.Command(Deno.execPath(), {
        args: [...taskArguments("k6"), "run", "--quiet", ...variables, path],
        cwd: ROOT,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }),
    );
    let peak_bytes = NaN;
    const watch = setInterval(() => {
      peak_bytes = readMemory(child.pid).peak_bytes || peak_bytes;
    }, MEMORY_EVERY_MS);
    const { code, stderr } = await child.output();
    clearInterval(watch);
    if (code !== 0 && code !== 99) {
      throw new Error(`${path} exited ${code}: ${new TextDecoder().decode(stderr).trim()}`);
    }
    const name = path.slice(path.lastIndexOf("/") + 1, -".js".length);
    return {
      ...measuredOf(JSON.parse(await Deno.readTextFile(`${dir}/k6-${name}.json`))),
      peak_bytes,
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Pure. */
export function measuredOf({ state, metrics }: SummaryFile): Measured {
  const { values: duration } = metrics.http_req_duration;
  const count = metrics.http_reqs.values.count;
  const failed = metrics.http_req_failed.values.passes;
  const dropped = metrics.dropped_iterations?.values.count ?? 0;
  return {
    rate_per_s: count * 1000 / state.testRunDurationMs,
    responses: count,
    p50_ms: duration.med,
    p95_ms: duration["p(95)"],
    p99_ms: duration["p(99)"],
    max_ms: duration.max,
    bad: failed + dropped,
    bad_detail: failed + dropped > 0 ? `failed ${failed}, dropped ${dropped}` : "",
    lag_p99_ms: null,
  };
}
