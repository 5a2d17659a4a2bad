/**
 * What each toxic does to connections, the same on both engines. Times are lower bounds: a busy
 * machine is late.
 */
import { assert, assertEquals } from "@std/assert";
import { calmClock, pause } from "../verdict/mod.ts";
import { eventually, TestClient } from "./testing/client.ts";
import { onBoth, startStand } from "./testing/stand.ts";

/** Timers may fire this much before their time. */
const EARLY_MS = 2;

/** When the n-th byte came of those after the first `seen` arrivals: several may come in one. */
function arrivalOf({ arrivals }: TestClient, seen: number, n: number): number {
  let bytes = 0;
  return arrivals.slice(seen).find((arrival) => (bytes += arrival.bytes) > n)!.at_ms;
}

onBoth(
  "latency delays each chunk of an open connection on its own, in both directions",
  async (engine) => {
    await using stand = await startStand(engine);
    using client = await stand.connect();
    await client.roundTrip(1);
    await stand.add({ type: "latency", attributes: { latency: 60 } });
    await stand.add({ type: "latency", stream: "upstream", attributes: { latency: 40 } });
    // One after the other, three chunks take 300 ms; a busy machine is late, but not each time.
    for (let tries_left = 4, last_ms = Infinity; last_ms >= 250;) {
      const sent_ms: number[] = [];
      const seen = client.arrivals.length;
      let calm_ms = calmClock();
      for (let sent = 0; sent < 3; sent++) {
        sent_ms.push(performance.now());
        calm_ms = calmClock();
        await client.send(1);
        await pause(30);
      }
      const bytes = () => client.arrivals.slice(seen).reduce((sum, { bytes }) => sum + bytes, 0);
      assert(await eventually(() => bytes() === 3));
      const delays = sent_ms.map((at_ms, n) => arrivalOf(client, seen, n) - at_ms);
      for (const delay_ms of delays) assert(delay_ms >= 100 - EARLY_MS, `${delays} ms`);
      last_ms = Math.min(delays[2], calm_ms());
      assert(tries_left-- > 0, `${delays} ms`);
    }
  },
);

onBoth("latency releases its data when it is changed or removed", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "latency", attributes: { latency: 60_000 } });
  using client = await stand.connect();
  await client.send(2);
  assert(await eventually(() => stand.upstream.seen[0]?.at(-1) === "2"));
  await pause(20);
  assertEquals(client.bytes, 0);
  await stand.api.updateToxic("p", "latency_downstream", { attributes: { latency: 50_000 } });
  assert(await eventually(() => client.bytes === 2));
  await client.send(3);
  await pause(50);
  assertEquals(client.bytes, 2);
  await stand.api.removeToxic("p", "latency_downstream");
  assert(await eventually(() => client.bytes === 5));
});

onBoth("latency does not delay connecting", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "latency", stream: "upstream", attributes: { latency: 60_000 } });
  using _client = await stand.connect();
  assert(await eventually(() => stand.upstream.seen.length === 1));
});

onBoth("bandwidth sends rate KB/s in slices of a tenth of a second", async (engine) => {
  await using stand = await startStand(engine, { send_bytes: 30_000 });
  await stand.add({ type: "bandwidth", attributes: { rate: 100 } });
  const start_ms = performance.now();
  using client = await stand.connect();
  assert(await eventually(() => client.bytes === 30_000));
  let bytes = 0;
  for (const arrival of client.arrivals) {
    bytes += arrival.bytes;
    const elapsed_ms = arrival.at_ms - start_ms;
    assert(elapsed_ms >= bytes / 100 - 3 * EARLY_MS, `${bytes} bytes in ${elapsed_ms} ms`);
    // Slices; a late reader gets some of them at once.
    assertEquals(bytes % 10_000, 0);
  }
});

onBoth("bandwidth 0 lets nothing through until it is removed", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "bandwidth", attributes: { rate: 0 } });
  using client = await stand.connect();
  assertEquals(await client.roundTrip(5, 100), NaN);
  await stand.api.removeToxic("p", "bandwidth_downstream");
  assert(await eventually(() => client.bytes === 5));
});

onBoth("slow_close delays the end, not the data", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "slow_close", attributes: { delay: 120 } });
  using client = await stand.connect();
  await client.roundTrip(5);
  const start_ms = performance.now();
  await stand.upstream.connections[0].closeWrite();
  assertEquals(await client.end(), "end");
  assert(client.ended_at_ms - start_ms >= 120 - EARLY_MS, `${client.ended_at_ms - start_ms} ms`);
});

onBoth("timeout drops data and closes its time after the last of it", async (engine) => {
  await using stand = await startStand(engine);
  using client = await stand.connect();
  await client.roundTrip(5);
  await stand.add({ type: "timeout", attributes: { timeout: 1_000 } });
  await pause(80);
  const start_ms = performance.now();
  await client.send(5);
  assertEquals(await client.end(), "end");
  assert(client.ended_at_ms - start_ms >= 1_000 - EARLY_MS, `${client.ended_at_ms - start_ms} ms`);
  assertEquals(client.bytes, 5);
  assert(await eventually(() => stand.upstream.seen[0].at(-1) === "end"));
});

onBoth("timeout 0 upstream hangs, and closes when it is removed", async (engine) => {
  await using stand = await startStand(engine);
  using client = await stand.connect();
  await client.roundTrip(5);
  await stand.add({ type: "timeout", stream: "upstream", attributes: { timeout: 0 } });
  assertEquals(await client.roundTrip(7, 100), NaN);
  assertEquals([stand.upstream.seen[0], client.ended], [["open", "5"], null]);
  await stand.api.removeToxic("p", "timeout_upstream");
  assertEquals(await client.end(), "end");
});

onBoth("timeout 0 lets the client close", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "timeout", stream: "upstream", attributes: { timeout: 0 } });
  using client = await stand.connect();
  await client.send(5);
  await pause(20);
  client.connection.close();
  assert(await eventually(() => stand.upstream.seen[0]?.at(-1) === "end"));
});

onBoth("slicer cuts data into pieces around the average, delay apart", async (engine) => {
  await using stand = await startStand(engine);
  const attributes = { average_size: 100, size_variation: 20, delay: 5_000 };
  await stand.add({ type: "slicer", attributes });
  using client = await stand.connect();
  const took_ms = await client.roundTrip(1_000);
  const pieces = client.arrivals.length;
  assert(pieces >= 4 && pieces <= 20, `${pieces} pieces`);
  // Ten pieces have nine pauses; half of the variation may spare one or two.
  assert(took_ms >= 7 * 5 - EARLY_MS, `${took_ms} ms`);
});

onBoth("limit_data closes after its bytes have passed", async (engine) => {
  await using stand = await startStand(engine);
  using client = await stand.connect();
  await client.roundTrip(60);
  await stand.add({ type: "limit_data", attributes: { bytes: 100 } });
  await client.roundTrip(60);
  assertEquals(client.ended, null);
  await client.send(60);
  assertEquals(await client.end(), "end");
  assertEquals(client.bytes, 160);
  using exact = await stand.connect();
  await exact.send(100);
  assertEquals([await exact.end(), exact.bytes], ["end", 100]);
});

onBoth("limit_data upstream counts the bytes that clients send", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "limit_data", stream: "upstream", attributes: { bytes: 100 } });
  using client = await stand.connect();
  await client.send(130);
  assert(await client.end() !== null);
  // Closed with the echo unread, the kernel may say so by RST.
  assert(await eventually(() => stand.upstream.seen[0]?.length === 3));
  assertEquals(stand.upstream.seen[0].slice(0, 2), ["open", "100"]);
});

onBoth("toxicity is drawn once for each connection, and again when it changes", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "timeout", toxicity: 0.5, attributes: { timeout: 0 } });
  const clients: TestClient[] = [];
  try {
    for (let n = 0; n < 24; n++) clients.push(await stand.connect());
    await Promise.all(clients.map((client) => client.send(1)));
    assert(await eventually(() => clients.some(({ bytes }) => bytes === 1)));
    await pause(150);
    const passed = clients.filter(({ bytes }) => bytes === 1);
    // All alike: once in eight million.
    assert(passed.length > 0 && passed.length < 24, `${passed.length} of 24 passed`);
    await stand.api.updateToxic("p", "timeout_downstream", { toxicity: 1 });
    assertEquals(await passed[0].roundTrip(1, 100), NaN);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

onBoth("toxics apply one after the other", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "latency", name: "1", attributes: { latency: 50 } });
  await stand.add({ type: "latency", name: "2", attributes: { latency: 50 } });
  await stand.add({ type: "limit_data", attributes: { bytes: 3 } });
  using client = await stand.connect();
  const start_ms = performance.now();
  await client.send(5);
  assertEquals([await client.end(), client.bytes], ["end", 3]);
  assert(client.ended_at_ms - start_ms >= 100 - EARLY_MS, `${client.ended_at_ms - start_ms} ms`);
});

onBoth("disabling closes connections and refuses new ones; toxics stay", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "latency", attributes: { latency: 60_000 } });
  using client = await stand.connect();
  await client.send(5);
  assert(await eventually(() => stand.upstream.seen[0]?.at(-1) === "5"));
  await stand.api.patch("p", { enabled: false });
  assertEquals([await client.end(), client.bytes], ["end", 0]);
  assert(await eventually(() => stand.upstream.seen[0].at(-1) === "end"));
  const refused = await TestClient.connect(stand.address).then(() => "", ({ name }) => name);
  assertEquals(refused, "ConnectionRefused");
  const { listen, toxics } = await stand.api.patch("p", { enabled: true });
  assertEquals([listen, toxics.length], [stand.address, 1]);
});

onBoth("another upstream closes the connections, the same one does not", async (engine) => {
  await using stand = await startStand(engine);
  using client = await stand.connect();
  await client.roundTrip(5);
  await stand.api.patch("p", { upstream: stand.upstream.address, listen: stand.address });
  await client.roundTrip(5);
  assertEquals(client.ended, null);
  await stand.api.patch("p", { upstream: "127.0.0.1:1" });
  assertEquals(await client.end(), "end");
});

onBoth("a connection to a dead upstream is accepted and closed", async (engine) => {
  await using stand = await startStand(engine);
  await stand.api.patch("p", { upstream: "127.0.0.1:1" });
  using client = await stand.connect();
  assert(["end", "ConnectionReset"].includes(`${await client.end()}`));
});

onBoth("the end of one side ends the other, in both directions", async (engine) => {
  await using stand = await startStand(engine);
  using client = await stand.connect();
  await client.roundTrip(5);
  await client.connection.closeWrite();
  assertEquals(await client.end(), "end");
  assert(await eventually(() => stand.upstream.seen[0].at(-1) === "end"));
});

onBoth("a slow reader slows the sender down and gets every byte", async (engine) => {
  const send_bytes = 128 * 1_048_576;
  await using stand = await startStand(engine, { send_bytes });
  await stand.add({ type: "latency", attributes: { latency: 1 } });
  using client = await stand.connect(false);
  await pause(300);
  // All buffers between the two are bounded: 32 MiB in either engine, and the kernel's.
  assertEquals(stand.upstream.seen[0], ["open"]);
  const held_bytes = (await stand.api.hits())?.p.bytes_down ?? 0;
  assert(held_bytes < 48 * 1_048_576, `${held_bytes} bytes taken in`);
  const buffer = new Uint8Array(1_048_576);
  let bytes = 0;
  while (bytes < send_bytes) {
    const count = await client.connection.read(buffer);
    if (count === null) break;
    bytes += count;
  }
  assertEquals(bytes, send_bytes);
});
