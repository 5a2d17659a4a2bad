/** Restarts of data_server while metrics_server polls it. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { bootOf } from "../contracts/mod.ts";
import {
  freePort,
  getMetric,
  listMetrics,
  startDataServer,
  startMetricsServer,
  stats,
  together,
} from "./harness/mod.ts";

/** With one seed, the first snapshot after a restart has the same values. */
const SEED = 7;

async function surviveRestart(signal: Deno.Signal): Promise<void> {
  const data = await startDataServer({ SEED, PORT: freePort() });
  await using _first = data;
  await using server = await startMetricsServer(`${data.url}/counters`);
  await server.log.wait("poll.run");
  const before = await listMetrics(server);
  const id_before = before.json().snapshot_id;
  const etag_before = before.headers.get("etag")!;
  const value_before = (await getMetric(server, "sw-000", "bandwidth_gbps")).json().value;

  await data.stop(signal);
  // A poll in progress is reset; later polls are refused.
  await server.log.wait("poll.error", ({ cause }) => cause === "refused");
  assertEquals((await getMetric(server, "sw-000", "bandwidth_gbps")).status, 200);

  const mark = server.log.mark;
  await using _second = await startDataServer({ SEED, PORT: data.port });
  const run = await server.log.wait("poll.run", () => true, mark);
  assertEquals(run.status, 200, "the first poll after a restart must get a whole sample");
  const [boot_before, boot_after] = [bootOf(id_before), bootOf(run.snapshot_id)];
  assert(boot_before !== null && boot_after !== null);
  assertNotEquals(boot_after, boot_before);

  const after = await listMetrics(server, { headers: { "if-none-match": etag_before } });
  assertEquals(after.status, 200, "the client's ETag from before the restart is outdated");
  assertEquals(bootOf(after.json().snapshot_id), boot_after);
  const { value, snapshot_id } = (await getMetric(server, "sw-000", "bandwidth_gbps")).json();
  assertEquals(bootOf(snapshot_id), boot_after);
  assertEquals(typeof value, typeof value_before);
  const { circuit, consecutive_failures } = (await stats(server)).poller;
  assertEquals([circuit, consecutive_failures], ["closed", 0]);
}

Deno.test("a restart of data_server causes no false 304: the new data is served", async (t) => {
  await together(t, {
    "after a graceful stop": () => surviveRestart("SIGTERM"),
    "after a crash": () => surviveRestart("SIGKILL"),
  });
});

Deno.test("metrics_server started first serves as soon as data_server is there", async () => {
  const data = await startDataServer({ PORT: freePort() });
  await data[Symbol.asyncDispose]();
  await using server = await startMetricsServer(`${data.url}/counters`, { POLL_MS: 60_000 });
  await server.log.wait("poll.error");
  assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 503);
  await using _started = await startDataServer({ PORT: data.port });
  await server.log.wait("poll.run");
  assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 200);
});
