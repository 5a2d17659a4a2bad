import { assert, assertEquals } from "@std/assert";
import { freePort } from "../../tools/processes/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import { looksReady } from "./preflight.ts";

const NEVER = new AbortController().signal;

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
