/** Command line of `deno task bench:serve replicas`. Pure. */
import { readOptions, UsageError } from "../../rig/mod.ts";

export const FIGURES = {
  failover: "the leader is killed, stopped or frozen",
  skew: "followers after the leader",
  requests: "requests to the source by 1, 3 and 8 replicas",
  restart: "start in an outage to the first 200",
  cost: "bytes, CPU and memory of a snapshot in Redis",
  load: "GetMetric and memory of a follower while 100,000 × 30 refresh",
} as const;

export type Figure = keyof typeof FIGURES;

export interface Options {
  figures: Set<Figure>;
  quick: boolean;
  /** File for all results, or null. */
  json: string | null;
}

/** What each measurement is given. */
export interface Measuring {
  /** Fewer runs, shorter rounds: a first look. */
  readonly quick: boolean;
  onProgress(text: string): void;
}

export const REPLICAS_USAGE =
  `deno task bench:serve replicas [--quick] [--only figure,…] [--json FILE]
measures replicas that share a Redis (redis-server on PATH), 15 minutes, with --quick 4.
Figures: ${Object.entries(FIGURES).map(([name, what]) => `${name} (${what})`).join(", ")}.`;

/** @throws {UsageError} */
export function parseReplicasOptions(args: readonly string[]): Options {
  const { quick, only, json = null } = readOptions(args, {
    quick: "boolean",
    only: "string",
    json: "string",
  });
  const known = Object.keys(FIGURES) as Figure[];
  const wanted = only === undefined ? known : only.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !Object.hasOwn(FIGURES, name));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${only}: must be of ${known}, got "${unknown}"`);
  }
  return { figures: new Set(wanted as Figure[]), quick: quick !== undefined, json };
}
