/** Command line of `deno task soak`. Pure. */
import { readOptions, wholeOption } from "../rig/mod.ts";

/** A day. */
const MINUTES_MAX = 1_440;

export interface SoakOptions {
  minutes: number;
  out_dir: string;
}

export const USAGE = `Usage: deno task soak [options]

Loads metrics_server with a mix of requests while its source refreshes and fails now and then, and
judges what grows: memory, sockets and threads per hour. A bound holds or is broken if the interval
of the slope excludes it; a run too short for that is inconclusive.

  --minutes N   length of the load, 1–${MINUTES_MAX} (default 60; 5 for a try)
  --out DIR     folder of soak.json (default out/soak)

Exit: 0 all bounds hold, 1 one is broken, 2 inconclusive, 64 wrong usage.`;

/** @throws {UsageError} */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const { minutes, out = "out/soak" } = readOptions(args, { minutes: "string", out: "string" });
  return { minutes: wholeOption("minutes", minutes, MINUTES_MAX, 60), out_dir: out };
}
