/**
 * `deno task load PROFILE [flags]`: runs one of `bench/k6/*.js` with k6 if it is on PATH, else with
 * tools/k6. Names engine and target on stderr, passes the flags on and exits with the engine's exit
 * code. The target is BASE_URL, else METRICS_PORT of this machine, as `deno task dev` takes it.
 */
import { didYouMean, loadEnv } from "../../platform/mod.ts";
import {
  accessOf,
  ConfigProblem,
  EXIT_CODES,
  findLoadEngine,
  type LoadEngine,
  parseInvocation,
} from "../../tools/k6/mod.ts";

/** Relative to the project's folder, in which tasks run. */
const PROFILES_DIR = "bench/k6";

/** Output folder of the profiles unless OUT_DIR is set; not under version control. */
const OUT_DIR = "out";

/** Environment variables that the profiles read. */
export const PROFILE_VARIABLES =
  ("AGE_MAX_MS ANSWERS BASE_URL BASE_VUS CONTROL_URL DROPPED_PCT DURATION GATE HOLD OUT_DIR P95_MS " +
    "P99_MS PATHS RAMP RATE TIMEOUT_MS VUS WARM_UP_MS WAVE_MS WAVE_OFFSET_MS").split(" ");

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
  const out_dir = Deno.env.get("OUT_DIR") || OUT_DIR;
  if (out_dir === OUT_DIR) await Deno.mkdir(OUT_DIR, { recursive: true });
  env.OUT_DIR = out_dir;
  const { BASE_URL = "", METRICS_PORT = "" } = loadEnv();
  if (BASE_URL === "" && METRICS_PORT !== "") {
    env.BASE_URL = `http://127.0.0.1:${METRICS_PORT}`;
    print(`target: ${env.BASE_URL} (METRICS_PORT)`);
  }
  const engine = await findLoadEngine();
  print(engine.k6 === null ? "engine: tools/k6 (no k6 on PATH)" : `engine: ${engine.k6}`);
  const [program, ...args] = commandLine(engine, flags, `${PROFILES_DIR}/${profile}.js`, out_dir);
  const command = new Deno.Command(program, { args, env });
  // Ctrl-C reaches the child directly; this process only outlives it.
  Deno.addSignalListener("SIGINT", () => {});
  const child = command.spawn();
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

/** @throws {ConfigProblem} */
function commandLine(engine: LoadEngine, flags: string[], script: string, out_dir: string) {
  if (engine.k6 !== null) return [...engine.command({}), "run", ...flags, script];
  const args = ["run", "--allow-env", PROFILE_VARIABLES.join(","), ...flags, script];
  if (flags.some((flag) => flag === "--help" || flag === "-h")) {
    return [...engine.command({}), ...args];
  }
  const invocation = parseInvocation(args, Deno.env.toObject());
  const allow_write = [...invocation.allow_write, invocation.env.OUT_DIR || out_dir];
  return [...engine.command(accessOf({ ...invocation, allow_write })), ...args];
}

function print(text: string, to: typeof Deno.stdout | typeof Deno.stderr = Deno.stderr): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    print(error.message);
    Deno.exit(error.exit_code);
  }
}
