import { assert, assertEquals } from "@std/assert";
import { freePort } from "../../tools/processes/mod.ts";
import { SHORT } from "../cli/testing/short_cli.ts";
import { scenarioNamed } from "../scenarios/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import { QUICK_QUIET_MS_MAX, QUIET_MS_MAX } from "./limits.ts";
import { looksReady, waitForQuiet } from "./preflight.ts";

const NEVER = new AbortController().signal;
/** Claims a p95, so it waits for an idle machine. */
const CLAIMS_P95 = scenarioNamed("outage")!.plan({ quick: true });

/** A lab with these subjects. */
function labOf(...hosts: string[]) {
  return { client_host: hosts[0], subjectHosts: () => hosts, subject: METRICS_SERVER };
}

/** A subject whose readiness is `status()`. */
function serve(status: () => number) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("no data yet", { status: status() }),
  );
  return {
    host: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("looksReady waits until the subject has data", async () => {
  let requests = 0;
  await using subject = serve(() => ++requests < 3 ? 503 : 200);
  assertEquals(await looksReady(labOf(subject.host), NEVER), null);
  assertEquals(requests, 3);
});

Deno.test("looksReady reports address, deadline and last answer of a subject without data", async () => {
  await using subject = serve(() => 503);
  assertEquals(
    await looksReady(labOf(subject.host), NEVER, 200),
    `the subject has no data: waited 200 ms for status 200 from http://${subject.host}/readyz ` +
      "(last: status 503: no data yet)",
  );
});

Deno.test("looksReady waits for every subject", async () => {
  await using subject = serve(() => 200);
  const gone = `127.0.0.1:${freePort()}`;
  const problem = await looksReady(labOf(subject.host, gone), NEVER, 200);
  assert(problem?.includes(`http://${gone}/readyz`), String(problem));
});

Deno.test("looksReady reports no problem after an interrupt", async () => {
  await using subject = serve(() => 503);
  assertEquals(await looksReady(labOf(subject.host), AbortSignal.timeout(100), 60_000), null);
});

/** A machine in virtual time: other programs use these shares of a core, one per look. */
function machine(shares: readonly number[], controller = new AbortController()) {
  let now_ms = 1000, cpu_ms = 5_000, look = 0;
  return {
    others_cpu_ms: () => cpu_ms,
    now: () => now_ms,
    signal: controller.signal,
    pause(wait_ms: number) {
      now_ms += wait_ms;
      cpu_ms += wait_ms * (shares[look++] ?? shares.at(-1)!);
      return Promise.resolve();
    },
  };
}

Deno.test("waitForQuiet looks once at an idle machine", async () => {
  assertEquals(await waitForQuiet(CLAIMS_P95, machine([0.1])), 500);
});

Deno.test("waitForQuiet waits until a busy machine is idle", async () => {
  assertEquals(await waitForQuiet(CLAIMS_P95, machine([1.8, 0.9, 0.2])), 3 * 500);
});

Deno.test("waitForQuiet gives up at its deadline", async () => {
  assertEquals(await waitForQuiet(CLAIMS_P95, machine([1.8])), QUICK_QUIET_MS_MAX);
});

Deno.test("waitForQuiet returns at once after an interrupt and without /proc", async () => {
  const controller = new AbortController();
  controller.abort();
  assertEquals(await waitForQuiet(CLAIMS_P95, machine([1.8], controller)), 0);
  assertEquals(await waitForQuiet(CLAIMS_P95, { ...machine([1.8]), others_cpu_ms: () => null }), 0);
});

Deno.test("waitForQuiet skips plans without latency claims, and a full run waits longer", async () => {
  assertEquals(await waitForQuiet(SHORT.plan(), machine([1.8])), 0);
  const full = scenarioNamed("outage")!.plan();
  assertEquals(await waitForQuiet(full, machine([1.8])), QUIET_MS_MAX);
});
