import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fetchRaw } from "../../tools/http/mod.ts";
import { type FaultContext, html, status } from "../vocabulary/mod.ts";
import type { ProcessEvent } from "../subject/mod.ts";
import { startHttpActuator } from "./http.ts";

const NO_CONTEXT = {} as FaultContext;
const HTML = html().make(NO_CONTEXT);

function startSource() {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("switch_id,a\nx,1\n"),
  );
}

async function ask(host: string): Promise<string> {
  return new TextDecoder().decode((await fetchRaw({ host, path: "/counters" })).body);
}

Deno.test("an HTTP fault is on when apply returns, and off when lift returns", async () => {
  await using source = startSource();
  await using http = await startHttpActuator({
    upstream: `127.0.0.1:${source.addr.port}`,
    seed: 1,
  });
  assertEquals(await ask(http.listen), "switch_id,a\nx,1\n");
  await http.apply("1-http.html", HTML, 30_000);
  assertMatch(await ask(http.listen), /^<!doctype html>/);
  assertEquals(await http.diff(), ["http.html (1-http.html) is still on"]);
  await http.lift("1-http.html");
  await http.lift("1-http.html"); // lifting what is not on does nothing
  assertEquals(await ask(http.listen), "switch_id,a\nx,1\n");
  assertEquals(await http.diff(), []);
  const [counters] = await http.counters();
  assertEquals(
    [counters.hop, counters.layer, counters.connections, counters.requests, counters.hits],
    ["source", "http", 3, 3, { "1-http.html": 1 }],
  );
});

Deno.test("apply rejects an invalid fault and names the broken bound", async () => {
  await using source = startSource();
  await using http = await startHttpActuator({
    upstream: `127.0.0.1:${source.addr.port}`,
    seed: 1,
  });
  const wrong = { ...status({ status: 500 }).make(NO_CONTEXT), params: { status: 42 } };
  await assertRejects(
    () => http.apply("1", wrong),
    Error,
    "HTTP fault proxy, PUT /faults/1: http.status status=42: must be a whole number of 200–599",
  );
});

Deno.test("rollback lifts all faults and restarts a dead proxy on the same ports", async () => {
  await using source = startSource();
  const events: ProcessEvent[] = [];
  await using http = await startHttpActuator({
    upstream: `127.0.0.1:${source.addr.port}`,
    seed: 1,
    onEvent: (event) => events.push(event),
  });
  const steps: string[] = [];
  const onStep = (step: string, ok: boolean) => steps.push(`${ok ? "ok" : "failed"}: ${step}`);
  await http.apply("1", HTML);
  await http.rollback(onStep);
  assertEquals(await http.diff(), []);
  Deno.kill(http.process.pid, "SIGKILL");
  await http.process.ended;
  assertEquals(await http.diff(), ["the HTTP fault proxy is not running"]);
  assertEquals(events.at(-1)?.expected, false);
  await http.rollback(onStep);
  assertEquals(await ask(http.listen), "switch_id,a\nx,1\n");
  assertEquals(steps[0], "ok: reset the HTTP fault proxy");
  assertMatch(steps[1], /^failed: reset the HTTP fault proxy: Cannot get http:/);
  assertEquals(steps[2], "ok: restart the HTTP fault proxy");
});
