/**
 * Loads a URL on the loopback interface and prints requests/s and latency percentiles.
 *
 *     deno run --allow-net=127.0.0.1 tools/http/main.ts http://127.0.0.1:8080/ --seconds 5
 */
import { parseArgs } from "node:util";
import { buildRequest, type LoadResult, monotonicNow, runClosedLoop, tcpDial } from "./mod.ts";
import { CONNECTIONS_MAX, DURATION_MS_MAX } from "./limits.ts";

const SECONDS_MAX = DURATION_MS_MAX / 1000;
const WARMUP_MS = 300;
const EXIT_USAGE = 64; // EX_USAGE of sysexits(3)

const USAGE = `Usage: deno run --allow-net=127.0.0.1 tools/http/main.ts URL [options]

  --connections N   keep-alive connections, 1–${CONNECTIONS_MAX} (default 100)
  --seconds N       measured time, 1–${SECONDS_MAX} (default 5)

URL is plain HTTP on 127.0.0.1. Exit: 0 all responses are 2xx, 1 otherwise, 64 wrong usage.`;

class UsageError extends Error {}

function readUrl(text: string | undefined): URL {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" && url.hostname === "127.0.0.1") return url;
  throw new UsageError(`URL must start with http://127.0.0.1, got ${text ?? "none"}`);
}

function readNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`--${name} must be a whole number 1–${max}, got ${text}`);
}

function readArguments(args: string[]) {
  const options = { connections: { type: "string" }, seconds: { type: "string" } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { connections = "100", seconds = "5" } = values;
    return {
      url: readUrl(positionals[0]),
      connections: readNumber("connections", connections, CONNECTIONS_MAX),
      duration_ms: readNumber("seconds", seconds, SECONDS_MAX) * 1000,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function report({ rate_per_s, latency, statuses, errors }: LoadResult): string {
  const ms = (value: number | null) => value === null ? "–" : `${value.toFixed(2)} ms`;
  const counts = Object.entries({ ...statuses, ...errors }).map(([key, n]) => `${key}: ${n}`);
  return [
    `requests/s  ${Math.round(rate_per_s).toLocaleString("en-US")}`,
    `p50  ${ms(latency.p50_ms)}   p95  ${ms(latency.p95_ms)}   p99  ${ms(latency.p99_ms)}`,
    counts.join(", "),
  ].join("\n");
}

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) return print(Deno.stdout, USAGE, 0);
  try {
    const { url, connections, duration_ms } = readArguments(args);
    const targets = [buildRequest({ host: url.host, path: url.pathname + url.search })];
    const dial = tcpDial(url.hostname, Number(url.port || 80));
    const plan = { targets, connections, warmup_ms: WARMUP_MS, duration_ms };
    const result = await runClosedLoop(plan, { dial, now: monotonicNow });
    const is_good = result.responses > 0 && result.errors_total + result.non_2xx === 0;
    return print(Deno.stdout, report(result), is_good ? 0 : 1);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return print(Deno.stderr, `${error.message}\n${USAGE}`, EXIT_USAGE);
  }
}

function print(stream: typeof Deno.stdout | typeof Deno.stderr, text: string, code: number) {
  stream.writeSync(new TextEncoder().encode(`${text}\n`));
  return code;
}

Deno.exit(await main(Deno.args));
