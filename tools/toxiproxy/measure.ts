/**
 * Measures what a proxy without toxics costs: no proxy, the real Toxiproxy and the embedded one, in
 * turns in one run. Prints a table.
 *
 *     deno run -A tools/toxiproxy/measure.ts
 */
import { percentile } from "../../platform/mod.ts";
import { startToxiproxy } from "./start.ts";
import { BULK_BYTES } from "./testing/measure_upstream.ts";
import { REAL } from "./testing/stand.ts";
import { writeAll } from "./testing/upstream.ts";

const ROUNDS = 6;
const TRIPS_A_ROUND = 1_000;
const CONNECTIONS = 32;
const BUSY_MS = 1_000;
const MESSAGE_BYTES = 256;

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly trips_us: number[];
  readonly trips_per_s: number[];
  readonly mb_per_s: number[];
}

async function dial(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return connection;
}

const message = new Uint8Array(MESSAGE_BYTES);

async function trip(connection: Deno.TcpConn, buffer: Uint8Array): Promise<void> {
  await writeAll(connection, message);
  let came = 0;
  while (came < MESSAGE_BYTES) came += await connection.read(buffer) ?? NaN;
}

async function measureTrips({ port, trips_us }: Contender): Promise<void> {
  const connection = await dial(port);
  const buffer = new Uint8Array(MESSAGE_BYTES);
  for (let n = -100; n < TRIPS_A_ROUND; n++) {
    const start_ms = performance.now();
    await trip(connection, buffer);
    if (n >= 0) trips_us.push((performance.now() - start_ms) * 1_000);
  }
  connection.close();
}

async function measureBusy({ port, trips_per_s }: Contender): Promise<void> {
  const end_ms = performance.now() + BUSY_MS;
  let trips = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const connection = await dial(port);
    const buffer = new Uint8Array(MESSAGE_BYTES);
    for (; performance.now() < end_ms; trips++) await trip(connection, buffer);
    connection.close();
  }));
  trips_per_s.push(trips / (BUSY_MS / 1_000));
}

async function measureBulk({ port, mb_per_s }: Contender): Promise<void> {
  const connection = await dial(port);
  const buffer = new Uint8Array(262_144);
  const start_ms = performance.now();
  await connection.write(new Uint8Array([1]));
  for (let bytes = 0; bytes < BULK_BYTES;) bytes += await connection.read(buffer) ?? NaN;
  mb_per_s.push(BULK_BYTES / 1_000 / (performance.now() - start_ms));
  connection.close();
}

function row({ name, trips_us, trips_per_s, mb_per_s }: Contender): string {
  const of = (values: number[], p: number) =>
    percentile(Float64Array.from(values).sort(), p).toFixed(0);
  return [
    name,
    of(trips_us, 50),
    of(trips_us, 95),
    of(trips_per_s, 50),
    of(mb_per_s, 50),
  ].map((cell, at) => at === 0 ? cell.padEnd(10) : cell.padStart(12)).join("");
}

async function main(): Promise<void> {
  const worker = new Worker(new URL("./testing/measure_upstream.ts", import.meta.url), {
    type: "module",
  });
  const port = await new Promise<number>((resolve) =>
    worker.onmessage = ({ data }) => resolve(data)
  );
  await using stack = new AsyncDisposableStack();
  stack.defer(() => worker.terminate());
  const contender = (name: string, port: number): Contender => {
    return { name, port, trips_us: [], trips_per_s: [], mb_per_s: [] };
  };
  const contenders = [contender("direct", port)];
  for (const engine of ["real", "embedded"] as const) {
    if (engine === "real" && REAL === null) continue;
    const running = stack.use(await startToxiproxy({ engine, seed: 1, real: REAL }));
    const proxy = { name: "p", listen: "127.0.0.1:0", upstream: `127.0.0.1:${port}` };
    const { listen } = await running.client.create(proxy);
    contenders.push(contender(engine, Number(listen.split(":")[1])));
  }
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, each time another one first, so that other programs disturb all alike.
    for (const measure of [measureTrips, measureBusy, measureBulk]) {
      for (let n = 0; n < contenders.length; n++) {
        await measure(contenders[(n + round) % contenders.length]);
      }
    }
  }
  const head = `${"".padEnd(10)}${"p50 µs".padStart(12)}${"p95 µs".padStart(12)}` +
    `${`trips/s ×${CONNECTIONS}`.padStart(12)}${"MB/s".padStart(12)}`;
  const text = [head, ...contenders.map(row), ""].join("\n");
  await Deno.stdout.write(new TextEncoder().encode(text));
}

await main();
