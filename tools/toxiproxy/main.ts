/**
 * `deno task toxiproxy`: the embedded TCP fault proxy, a drop-in replacement for
 * `toxiproxy-server`. Exit codes: 64 wrong flags, 78 port taken or config wrong.
 */
import { ConfigError, onStopSignal } from "../../platform/mod.ts";
import { ApiError } from "./bodies.ts";
import { readServerFlags, SERVER_USAGE, type ServerFlags, UsageError } from "./flags.ts";
import { type EmbeddedServer, startServer, VERSION } from "./server.ts";

const EX_USAGE = 64;
const EX_CONFIG = 78;

function print(text: string, to: typeof Deno.stdout | typeof Deno.stderr = Deno.stdout): void {
  to.writeSync(new TextEncoder().encode(text));
}

function readConfigFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new ConfigError(`-config ${path}: ${(error as Error).message}`);
  }
}

async function start(flags: ServerFlags): Promise<EmbeddedServer> {
  const { hostname, port, seed, metrics, config_file } = flags;
  const config = config_file === null ? undefined : readConfigFile(config_file);
  try {
    return await startServer({ hostname, port, seed, metrics, config });
  } catch (error) {
    if (error instanceof ApiError) {
      const reason = error.message.replace("bad request body", "must be a JSON array of proxies");
      throw new ConfigError(`-config ${config_file}: ${reason}`);
    }
    throw error;
  }
}

async function stdinEnds(): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await Deno.stdin.read(buffer) !== null);
}

async function serve(args: readonly string[]): Promise<number> {
  const flags = readServerFlags(args, Math.floor(Math.random() * 2 ** 32));
  if (flags.version) {
    print(`toxiproxy ${VERSION}\n`);
    return 0;
  }
  const server = await start(flags);
  const { seed } = flags;
  print(JSON.stringify({ event: "startup", url: server.url, version: VERSION, seed }) + "\n");
  await Promise.race(flags.until_stdin_ends ? [onStopSignal(), stdinEnds()] : [onStopSignal()]);
  await server.close();
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-help") || args.includes("-h")) {
    print(SERVER_USAGE);
    return 0;
  }
  try {
    return await serve(args);
  } catch (error) {
    if (error instanceof UsageError) {
      print(`toxiproxy: ${error.message}\n\n${SERVER_USAGE}`, Deno.stderr);
      return EX_USAGE;
    }
    if (error instanceof ConfigError) {
      print(`toxiproxy: ${error.message}\n`, Deno.stderr);
      return EX_CONFIG;
    }
    throw error;
  }
}

Deno.exit(await main(Deno.args));
