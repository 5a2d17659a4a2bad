/**
 * The load in a process of its own, so that its garbage and CPU time are not the servers'. Reads a
 * list of {@link LoadOrder} per line from stdin and runs them at the same time, writes a list of
 * results per line to stdout, ends with its stdin.
 */
import {
  buildRequest,
  type LoadResult,
  monotonicNow,
  runClosedLoop,
  runOpenLoop,
  startPacemaker,
  tcpDial,
} from "../tools/http/mod.ts";
import { readWholeLines } from "../tools/processes/mod.ts";
import type { LoadOrder } from "./rig/mod.ts";

/** Tick of the open loop, in milliseconds: requests leave at most 0.4 ms late. */
const TICK_MS = 0.25;

const HOSTNAME = "127.0.0.1";

async function run(order: LoadOrder): Promise<LoadResult> {
  const host = `${HOSTNAME}:${order.port}`;
  const { connections, warmup_ms, duration_ms, rate_per_s, slow_ms, expect_status } = order;
  const targets = order.requests.map((request) => buildRequest({ host, ...request }));
  const check = (status: number) => status === expect_status;
  const plan = { targets, connections, warmup_ms, duration_ms, slow_ms, check };
  const environment = { dial: tcpDial(HOSTNAME, order.port), now: monotonicNow };
  if (rate_per_s === undefined) return await runClosedLoop(plan, environment);
  const pacemaker = startPacemaker(TICK_MS);
  try {
    return await runOpenLoop({ ...plan, rate_per_s }, { ...environment, tick: pacemaker.tick });
  } finally {
    pacemaker.stop();
  }
}

await readWholeLines(Deno.stdin.readable, async (lines) => {
  for (const line of new TextDecoder().decode(lines).trimEnd().split("\n")) {
    const results = await Promise.all((JSON.parse(line) as LoadOrder[]).map(run));
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(results) + "\n"));
  }
});
