/** Runs a module of this folder as its own process: with other permissions, or until its exit. */

interface RunOptions {
  args?: readonly string[];
  /** Flags such as `--allow-read=…`; none by default. */
  permissions?: readonly string[];
  env?: Record<string, string>;
}

const RUN_MS_MAX = 20_000;

/** Starts `platform/<module>`; stdin, stdout and stderr are pipes. */
export function spawnModule(module: string, options: RunOptions = {}): Deno.ChildProcess {
  const file = new URL(`../${module}`, import.meta.url);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...options.permissions ?? [], file.href, ...options.args ?? []],
    env: { NO_COLOR: "1", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(RUN_MS_MAX),
  }).spawn();
}

/** Runs `platform/<module>` to its end. */
export async function runModule(
  module: string,
  options: RunOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnModule(module, options);
  await child.stdin.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
