/**
 * `deno task load PROFILE [flags]`: runs one of `bench/k6/*.js`, by k6 where it is on PATH, else by
 * the runner, and says which. Flags go to either. Its exit code is this one's.
 */
import { EXIT_CODES } from "./exit_codes.ts";
import { findLoadEngine } from "./load_engine.ts";

/** From the project's folder, which tasks run in. */
const PROFILES_DIR = "bench/k6";

/** Where the profiles' files go unless OUT_DIR says otherwise; not under version control. */
const OUT_DIR = "out";

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
    const usage = `Usage: deno task load PROFILE [flags of k6 run]; PROFILE is one of ${
      known.join(", ")
    }`;
    const is_asked = profile === undefined || profile === "--help" || profile === "-h";
    say(is_asked ? usage : `${profile}: no such profile\n${usage}`);
    return is_asked && profile !== undefined ? EXIT_CODES.ok : EXIT_CODES.invalid_config;
  }
  const script = `${PROFILES_DIR}/${profile}.js`;
  const env: Record<string, string> = {};
  if (Deno.env.get("OUT_DIR") === undefined) {
    await Deno.mkdir(OUT_DIR, { recursive: true });
    env.OUT_DIR = OUT_DIR;
  }
  const { k6, command: [program, ...args] } = await findLoadEngine();
  say(k6 === null ? "engine: tools/k6 (no k6 on PATH)" : `engine: ${k6}`);
  const command = new Deno.Command(program, { args: [...args, "run", ...flags, script], env });
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
