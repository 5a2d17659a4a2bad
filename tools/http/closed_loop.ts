/** Closed loop: each connection sends its next request as soon as it has its response. */
import { ConnectionPool } from "./connection_pool.ts";
import type { HttpConnection } from "./connection.ts";
import {
  assertLoadPlan,
  type LoadEnvironment,
  type LoadPlan,
  type LoadResult,
  Tally,
} from "./load.ts";

/**
 * Loads one server as fast as it responds. A latency runs from just before the request is written
 * to the last byte of the response. Resolves after the last outstanding response or its timeout.
 *
 * ```ts
 * const result = await runClosedLoop(
 *   { targets, connections: 100, warmup_ms: 500, duration_ms: 5_000 },
 *   { dial: tcpDial("127.0.0.1", 8080), now: monotonicNow },
 * );
 * result.rate_per_s;
 * ```
 */
export async function runClosedLoop(plan: LoadPlan, env: LoadEnvironment): Promise<LoadResult> {
  assertLoadPlan(plan);
  const { targets, check = (status) => status === 200 } = plan;
  const { now } = env;
  const tally = new Tally(plan.slow_ms);
  const pool = new ConnectionPool(plan, env, tally);
  try {
    await pool.openAll();
    const window_start_ms = now() + plan.warmup_ms;
    const window_end_ms = window_start_ms + plan.duration_ms;
    let next = 0;

    const drive = async (connection: HttpConnection) => {
      let at_ms = now();
      while (at_ms < window_end_ms) {
        if (!connection.is_open) {
          await pool.reopen(connection, window_end_ms);
          at_ms = now();
          continue;
        }
        const target = next;
        next = target + 1 === targets.length ? 0 : target + 1;
        const start_ms = at_ms;
        const error = await connection.exchange(targets[target]);
        at_ms = now();
        if (error !== null) {
          tally.error(error);
        } else if (at_ms >= window_start_ms && at_ms <= window_end_ms) {
          const { status, body_bytes } = connection.parser;
          tally.response(status, at_ms - start_ms, body_bytes, check(status, target));
        }
      }
    };
    await Promise.all(pool.connections.map(drive));
    return tally.result(plan.duration_ms, "closed");
  } finally {
    pool.close();
  }
}
