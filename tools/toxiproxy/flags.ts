/** Flags of the server, as `toxiproxy-server` takes them: `-port 8474`, `--port=8474`. */
import { didYouMean } from "../../platform/mod.ts";

export type ServerFlags = ReturnType<typeof readServerFlags>;

export class UsageError extends Error {
  override name = "UsageError";
}

export const SERVER_USAGE = `Usage: deno task toxiproxy [flags]
Serves Toxiproxy's API. toxiproxy-cli and every client library of Toxiproxy work with it.
  -host HOST          address of the API (default localhost)
  -port PORT          port of the API, 0 picks one (default 8474)
  -config FILE        JSON array of proxies to create at the start
  -seed NUMBER        draws toxicity and jitter; the same seed draws the same (default: random, printed)
  -proxy-metrics      GET /metrics answers; so does -runtime-metrics
  -until-stdin-ends   stop when stdin ends
  -version            print the version
`;

const SWITCHES = new Set(["proxy-metrics", "runtime-metrics", "until-stdin-ends", "version"]);
const VALUES = new Set(["host", "port", "config", "seed"]);

/** @param random_seed Used without `-seed`. @throws {UsageError} that names the flag. */
export function readServerFlags(args: readonly string[], random_seed: number) {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const match = /^--?([a-z-]+)(?:=(.*))?$/s.exec(args[at]);
    const name = match?.[1] ?? "";
    if (SWITCHES.has(name)) given.set(name, match?.[2] ?? "true");
    else if (VALUES.has(name)) {
      const value = match?.[2] ?? args[++at];
      if (value === undefined) throw new UsageError(`-${name}: needs a value`);
      given.set(name, value);
    } else {
      const known = [...SWITCHES, ...VALUES].map((flag) => `-${flag}`);
      throw new UsageError(`${args[at]}: no such flag${didYouMean(args[at], known)}`);
    }
  }
  const isOn = (name: string) => given.has(name) && given.get(name) !== "false";
  return {
    hostname: given.get("host") ?? "localhost",
    port: wholeNumber("port", given.get("port") ?? "8474", 65_535),
    config_file: given.get("config") || null,
    seed: wholeNumber("seed", given.get("seed") ?? `${random_seed}`, Number.MAX_SAFE_INTEGER),
    metrics: isOn("proxy-metrics") || isOn("runtime-metrics"),
    version: isOn("version"),
    /** Stops when stdin ends, and so with the program that started it. */
    until_stdin_ends: isOn("until-stdin-ends"),
  };
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new UsageError(`-${name} ${text}: must be a whole number, 0–${max}`);
}
