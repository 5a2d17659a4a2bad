/** metrics_server: polls the sources and answers clients. `deno task metrics` runs it. */
import {
  closeEnv,
  ConfigError,
  exitWithFlags,
  exitWithUsage,
  ignoredSettings,
  loadEnv,
  onStopSignal,
} from "../platform/mod.ts";
import {
  METRICS_SERVER_SPEC,
  newToken,
  readMetricsServerConfig,
  startMetricsServer,
} from "./mod.ts";

const HELP = `Polls telemetry sources and answers clients from memory.

deno task metrics            starts it; settings are variables: see .env.example
deno task metrics --version  its version
deno task metrics --new-token NAME >> secrets/tokens
                             makes a token, shows it, and adds its sum to AUTH_TOKENS_FILE

SIGTERM, SIGINT and SIGHUP stop it gracefully; a second signal ends it at once.
Exit codes: 0 stopped, 1 a serving thread failed, 78 a setting cannot be used.`;

try {
  if (Deno.args.length === 2 && Deno.args[0] === "--new-token") await exitWithToken(Deno.args[1]);
  exitWithFlags(Deno.args, { name: "metrics_server", help: HELP });
  const { config, clamped } = readMetricsServerConfig(loadEnv());
  const ignored = ignoredSettings(Object.keys(METRICS_SERVER_SPEC));
  closeEnv();
  const stop_signal = onStopSignal();
  const server = await startMetricsServer(config, clamped, ignored);
  const reason = await Promise.race([stop_signal, server.lost.then(() => "lost a thread")]);
  await server.stop(reason);
  Deno.exit(reason === "lost a thread" ? 1 : 0);
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}

/** Writes the token to stderr, which a terminal shows, and its line to stdout. */
async function exitWithToken(name: string): Promise<never> {
  const { line, token } = await newToken(name);
  Deno.stderr.writeSync(new TextEncoder().encode(`${token}\n`));
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  Deno.exit(0);
}
