/**
 * Opens idle connections, `RATE_PER_S` per second up to `CONNECTIONS`. A hit is an accepted
 * connection.
 *
 *     deno run --allow-net=HOST:PORT chaos/actuators/resource/connection_flood_main.ts \
 *       LIFE_MS HOST:PORT CONNECTIONS RATE_PER_S
 */
import { startLife } from "./life.ts";

/** Time between two batches, in milliseconds. */
const TICK_MS = 10;

const [life_ms, target, connections, rate_per_s] = Deno.args;
const life = startLife(Number(life_ms));
const { hostname, port } = new URL(`http://${target}`);
const held: Deno.TcpConn[] = [];

const started_ms = performance.now();
for (let opened = 0; opened < Number(connections);) {
  const due = Math.ceil((performance.now() - started_ms) / 1000 * Number(rate_per_s));
  for (; opened < Math.min(due, Number(connections)); opened++) open();
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
}

async function open(): Promise<void> {
  try {
    held.push(await Deno.connect({ hostname, port: Number(port) }));
    life.add(1);
  } catch {
    // Refused: not a hit.
  }
}
