/** `bench:serve replicas`: failover, skew and cost of metrics_servers that share a Redis. */
import { describeMachine, exitCode } from "../../tools/verdict/mod.ts";
import {
  joined,
  type Outcome,
  outcomeJson,
  print,
  printProgress,
  renderReport,
} from "../rig/mod.ts";
import { measureFailover } from "./replicas/failover.ts";
import { measureFollowerLoad } from "./replicas/follower_load.ts";
import { type Figure, type Measuring, parseReplicasOptions } from "./replicas/options.ts";
import { missingRedis } from "./replicas/redis.ts";
import { measureRestart } from "./replicas/restart.ts";
import { measureSkew } from "./replicas/skew.ts";
import { measureSourceRequests } from "./replicas/source_requests.ts";
import { measureStoreCost } from "./replicas/store_cost.ts";

const EXIT_NOT_MEASURED = 2;

const MEASUREMENTS: Record<Figure, (measuring: Measuring) => Promise<Outcome>> = {
  failover: measureFailover,
  skew: measureSkew,
  requests: measureSourceRequests,
  restart: measureRestart,
  cost: measureStoreCost,
  load: measureFollowerLoad,
};

export async function measureReplicas(args: readonly string[]): Promise<number> {
  const { figures, quick, json } = parseReplicasOptions(args);
  const missing = missingRedis();
  if (missing !== null) {
    print(Deno.stderr, missing);
    return EXIT_NOT_MEASURED;
  }
  const machine = describeMachine();
  const outcomes: Outcome[] = [];
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (!figures.has(name as Figure)) continue;
    outcomes.push(await measure({ quick, onProgress: printProgress }));
  }
  const outcome = joined(outcomes);
  const method = [
    `Replicas are processes of this machine, as is their Redis${quick ? "; --quick" : ""}.`,
    "A snapshot is served when its event (poll.run, snapshot.adopted) is logged, in one clock, " +
    "to the millisecond.",
  ];
  print(Deno.stdout, renderReport({ machine, method, ...outcome }).trimEnd());
  if (json !== null) {
    const all = { machine, method, options: { quick, figures: [...figures] } };
    const text = JSON.stringify({ ...all, ...outcomeJson(outcome) }, null, 2);
    await Deno.writeTextFile(json, `${text}\n`);
  }
  // The cost has no bound.
  return outcome.checks.length === 0 ? 0 : exitCode(outcome.checks);
}
