/** When reset_peer sends RST, on both engines. */
import { assert, assertEquals } from "@std/assert";
import { eventually, type TestClient } from "./testing/client.ts";
import { onBoth, startStand } from "./testing/stand.ts";

/** Timers may fire this much before their time. */
const EARLY_MS = 2;

for (const stream of ["upstream", "downstream"] as const) {
  onBoth(`reset_peer ${stream} resets a new connection at its first data`, async (engine) => {
    await using stand = await startStand(engine);
    await stand.add({ type: "reset_peer", stream, attributes: { timeout: 0 } });
    using client = await stand.connect();
    // The kernel forgets a connection that is reset before it is accepted.
    assert(await eventually(() => stand.upstream.seen.length === 1));
    assertEquals(client.ended, null);
    await client.send(5);
    assertEquals(await client.end(), "ConnectionReset");
    assert(await eventually(() => stand.upstream.seen[0].at(-1) === "ConnectionReset"));
    assertEquals(stand.upstream.seen[0].includes("5"), stream === "downstream");
  });
}

onBoth("reset_peer turns any end of a connection into an RST to both sides", async (engine) => {
  await using stand = await startStand(engine);
  await stand.add({ type: "reset_peer", attributes: { timeout: 0 } });
  const ends: Record<string, (client: TestClient) => Promise<void>> = {
    "by the client": (client) => client.connection.closeWrite(),
    "by the client, after data": async (client) => {
      await client.send(5);
      await client.connection.closeWrite();
    },
    "by the proxy": async () => void await stand.api.patch("p", { enabled: false }),
  };
  for (const [what, end] of Object.entries(ends)) {
    const connection = stand.upstream.seen.length;
    using client = await stand.connect();
    assert(await eventually(() => stand.upstream.seen.length > connection), what);
    await end(client);
    const upstream = () => stand.upstream.seen[connection].at(-1);
    assertEquals(await client.end(), "ConnectionReset", what);
    assert(await eventually(() => upstream() === "ConnectionReset"), `${what}: ${upstream()}`);
  }
});

onBoth(
  "reset_peer resets after its timeout, and not if it is removed before data",
  async (engine) => {
    await using stand = await startStand(engine);
    await stand.add({ type: "reset_peer", attributes: { timeout: 100 } });
    using client = await stand.connect();
    const start_ms = performance.now();
    await client.send(5);
    assertEquals(await client.end(), "ConnectionReset");
    assert(client.ended_at_ms - start_ms >= 100 - EARLY_MS, `${client.ended_at_ms - start_ms} ms`);
    await stand.api.removeToxic("p", "reset_peer_downstream");
    using other = await stand.connect();
    assert(await other.roundTrip(5) < 3_000);
  },
);
