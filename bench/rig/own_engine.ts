/** The load engine of `tools/http` in a process that lives as long as the measurement. */
import type { LoadResult } from "../../tools/http/mod.ts";
import { startProcess } from "../../tools/processes/mod.ts";
import type { Measured, RunningEngine } from "./engine.ts";
import type { LoadOrder } from "./load_order.ts";
import { textLines } from "./text_lines.ts";

const ROOT = new URL("../../", import.meta.url);

/** Starts the load process. */
export function startOwnEngine(): RunningEngine {
  const permissions = ["--allow-net=127.0.0.1", "--allow-read=tools/http"];
  const child = startProcess(
    [Deno.execPath(), "run", "--no-prompt", ...permissions, "bench/load.ts"],
    { cwd: ROOT, stdin: "piped", stdout: "piped", stderr: "inherit", kill_with_parent: true },
  );
  const orders = child.stdin.getWriter();
  const results = textLines(child.stdout);
  return {
    name: "own client on raw sockets (tools/http), one thread",
    async run(order: LoadOrder): Promise<Measured> {
      await orders.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
      const { value, done } = await results.next();
      if (done) throw new Error("The load process ended without a result");
      return measuredOf(JSON.parse(value));
    },
    async [Symbol.asyncDispose]() {
      await orders.close().catch(() => {});
      await results.return(undefined);
      await child.ended;
    },
  };
}

/** The part of a result the figures are made from. Pure. */
export function measuredOf(result: LoadResult): Measured {
  const { latency, lag, errors_total, checks_failed, dropped } = result;
  const kinds = { ...result.errors, unexpected_status: checks_failed, dropped };
  return {
    rate_per_s: result.rate_per_s,
    responses: result.responses,
    p50_ms: latency.p50_ms ?? NaN,
    p95_ms: latency.p95_ms ?? NaN,
    p99_ms: latency.p99_ms ?? NaN,
    max_ms: latency.max_ms ?? NaN,
    bad: errors_total + checks_failed + dropped,
    bad_detail: Object.entries(kinds).filter(([, count]) => count > 0)
      .map(([kind, count]) => `${kind} ${count}`).join(", "),
    lag_p99_ms: lag?.p99_ms ?? null,
  };
}
