/** A redis-server process without persistence, and what it reports about itself. */
import {
  freePort,
  REDIS_PROGRAMS,
  redisProgram,
  redisServer,
  startProcess,
} from "../../../tools/processes/mod.ts";
import { until } from "../../../tools/verdict/mod.ts";

const HOST = "127.0.0.1";
const REPLY_BYTES_MAX = 64 * 1024;

/** What to install if no server is on PATH; null if one is. */
export function missingRedis(isOnPath?: (program: string) => boolean): string | null {
  if (redisProgram(isOnPath) !== undefined) return null;
  return `bench:serve replicas needs ${REDIS_PROGRAMS.join(" or ")} on PATH: ` +
    "apt-get install redis-server (Debian, Ubuntu), dnf install valkey (Fedora)";
}

/** Counters of a server, in bytes and milliseconds. */
export interface RedisUsage {
  readonly received_bytes: number;
  readonly sent_bytes: number;
  readonly cpu_ms: number;
  readonly memory_peak_bytes: number;
}

export interface Redis extends AsyncDisposable {
  /** Value of `SNAPSHOT_STORE`. */
  readonly url: string;
  usage(): Promise<RedisUsage>;
}

export async function startRedis(): Promise<Redis> {
  const port = freePort();
  const server = startProcess(redisServer(port), { kill_with_parent: true });
  await until("redis-server to answer", () => info(port), { retry_errors: true });
  return {
    url: `redis://${HOST}:${port}`,
    usage: async () => parseUsage(await info(port)),
    [Symbol.asyncDispose]: async () => void await server.stop("SIGKILL"),
  };
}

/** Reply to INFO, without its first line. */
async function info(port: number): Promise<string> {
  using connection = await Deno.connect({ hostname: HOST, port });
  await connection.write(new TextEncoder().encode("INFO\r\nQUIT\r\n"));
  const bytes = new Uint8Array(REPLY_BYTES_MAX);
  let filled = 0;
  while (filled < bytes.length) {
    const length = await connection.read(bytes.subarray(filled));
    if (length === null) break;
    filled += length;
  }
  return new TextDecoder().decode(bytes.subarray(0, filled));
}

/** Reads the reply to INFO; NaN for what it lacks. */
export function parseUsage(reply: string): RedisUsage {
  const value = (name: string) =>
    Number(new RegExp(`^${name}:([\\d.]+)\r?$`, "m").exec(reply)?.[1] ?? NaN);
  return {
    received_bytes: value("total_net_input_bytes"),
    sent_bytes: value("total_net_output_bytes"),
    cpu_ms: (value("used_cpu_user") + value("used_cpu_sys")) * 1000,
    memory_peak_bytes: value("used_memory_peak"),
  };
}
