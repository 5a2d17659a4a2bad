/**
 * `deno task load PROFILE [flags]`: runs one of `bench/k6/*.js`, by k6 where it is on PATH, else by
 * the runner, and says which. Flags go to either. Its exit code is this one's.
 */
import { EXIT_CODES } from "./exit_codes.ts";

const PROFILES_DIR = new URL("../k6/", import.meta.url);
const RUNNER = new URL("./main.ts", import.meta.url);

/**
 * Each VU has its own copy of the script's code, which runs too seldom to be compiled soon; and its
 * many short-lived objects are cheaper with more room.
 */
const V8_FLAGS = "--v8-flags=--always-sparkplug,--min-semi-space-size=16";

/** Where the profiles' files go unless OUT_DIR says otherwise; not under version control. */
const OUT_DIR = "out";

async function version(): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("k6", { args: ["version"] }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}

async function profiles(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(PROFILES_DIR)) {
    if (name.endsWith(".js")) names.push(name.slice(0, -".js".length));
  }
  return names.sort();
}

async function main([profile, ...flags]: string[]): Promise<number> {
  const known = await profiles();
  if (!known.includes(profile)) {
    say(`PROFILE=${profile ?? ""}: must be one of ${known.join(", ")}`);
    return EXIT_CODES.invalid_config;
  }
  const script = new URL(`${profile}.js`, PROFILES_DIR).pathname;
  const env: Record<string, string> = {};
  if (Deno.env.get("OUT_DIR") === undefined) {
    await Deno.mkdir(OUT_DIR, { recursive: true });
    env.OUT_DIR = OUT_DIR;
  }
  const k6 = await version();
  say(k6 === null ? "engine: bench/runner (no k6 on PATH)" : `engine: ${k6}`);
  const command = k6 === null
    ? new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-net",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        V8_FLAGS,
        RUNNER.pathname,
        "run",
        ...flags,
        script,
      ],
      env,
    })
    : new Deno.Command("k6", { args: ["run", ...flags, script], env });
  // Ctrl-C reaches the child by itself: this process only has to outlive it.
  Deno.addSignalListener("SIGINT", () => {});
  const child = command.spawn();
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

Deno.exit(await main(Deno.args));
