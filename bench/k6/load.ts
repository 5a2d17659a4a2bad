/**
 * `deno task load PROFILE [flags]`: runs one of `bench/k6/*.js` with k6 if it is on PATH, else with
 * tools/k6. Names engine and target on stderr, passes the flags on and exits with the engine's exit
 * code. The target is BASE_URL, else METRICS_PORT of this machine, as `deno task dev` takes it.
 */
import { didYouMean, loadEnv } from "../../platform/mod.ts";
import { EXIT_CODES, findLoadEngine } from "../../tools/k6/mod.ts";

/** Relative to the project's folder, in which tasks run. */
const PROFILES_DIR = "bench/k6";

/** Output folder of the profiles unless OUT_DIR is set; not under version control. */
const OUT_DIR = "out";

async function main([profile, ...flags]: string[]): Promise<number> {
  const profiles = Array.from(Deno.readDirSync(PROFILES_DIR), ({ name }) => name)
    .filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -".js".length)).sort();
  if (!profiles.includes(profile)) {
    const usage = "Usage: deno task load PROFILE [flags of k6 run]\n\n" +
      `PROFILE is one of ${profiles.join(", ")}.\n` +
      "The target is BASE_URL, else METRICS_PORT of this machine (default 8080).";
    const wants_help = profile === "--help" || profile === "-h";
    if (wants_help) print(usage, Deno.stdout);
    else if (profile === undefined) print(usage);
    else print(`${profile}: no such profile${didYouMean(profile, profiles)}\n\n${usage}`);
    return wants_help ? EXIT_CODES.ok : EXIT_CODES.invalid_config;
  }
  const env: Record<string, string> = {};
  if (Deno.env.get("OUT_DIR") === undefined) {
    await Deno.mkdir(OUT_DIR, { recursive: true });
    env.OUT_DIR = OUT_DIR;
  }
  const { BASE_URL = "", METRICS_PORT = "" } = loadEnv();
  if (BASE_URL === "" && METRICS_PORT !== "") {
    env.BASE_URL = `http://127.0.0.1:${METRICS_PORT}`;
    print(`target: ${env.BASE_URL} (METRICS_PORT)`);
  }
  const { k6, command: [program, ...args] } = await findLoadEngine();
  print(k6 === null ? "engine: tools/k6 (no k6 on PATH)" : `engine: ${k6}`);
  const command = new Deno.Command(program, {
    args: [...args, "run", ...flags, `${PROFILES_DIR}/${profile}.js`],
    env,
  });
  // Ctrl-C reaches the child directly; this process only outlives it.
  Deno.addSignalListener("SIGINT", () => {});
  const child = command.spawn();
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

function print(text: string, to: typeof Deno.stdout | typeof Deno.stderr = Deno.stderr): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

Deno.exit(await main(Deno.args));
