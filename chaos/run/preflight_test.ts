import { assert, assertEquals } from "@std/assert";
import { freePort } from "../../tools/processes/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import { looksReady } from "./preflight.ts";

const NEVER = new AbortController().signal;

/** What a lab with these subjects tells of them. */
function labOf(...hosts: string[]) {
  return { client_host: hosts[0], subjectHosts: () => hosts, subject: METRICS_SERVER };
}

/** A subject whose readiness is what `status` says at that time. */
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

Deno.test("a subject without data is waited for until it has some", async () => {
  let asked = 0;
  await using subject = serve(() => ++asked < 3 ? 503 : 200);
  assertEquals(await looksReady(labOf(subject.host), NEVER), null);
  assertEquals(asked, 3);
});

Deno.test("a subject never ready is told with its address, the bound and its last answer", async () => {
  await using subject = serve(() => 503);
  assertEquals(
    await looksReady(labOf(subject.host), NEVER, 200),
    `subject never ready: waited 200 ms for 200 at http://${subject.host}/readyz ` +
      "(last: status 503: no data yet)",
  );
});

Deno.test("of several subjects each has to be ready", async () => {
  await using subject = serve(() => 200);
  const gone = `127.0.0.1:${freePort()}`;
  const told = await looksReady(labOf(subject.host, gone), NEVER, 200);
  assert(told?.includes(`http://${gone}/readyz`), String(told));
});

Deno.test("an interrupt ends the wait, and is no complaint about the subject", async () => {
  await using subject = serve(() => 503);
  assertEquals(await looksReady(labOf(subject.host), AbortSignal.timeout(100), 60_000), null);
});
