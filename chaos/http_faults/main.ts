/**
 * Runs the HTTP fault proxy on 127.0.0.1.
 *
 *     deno run --allow-net=127.0.0.1 chaos/http_faults/main.ts \
 *       PORT CONTROL_PORT SOURCE_HOST:PORT SEED
 */
import { seededRandom } from "../vocabulary/mod.ts";
import { ActiveFaults } from "./active_faults.ts";
import { control } from "./control_api.ts";
import { zeroCounters } from "./client_connection.ts";
import { startProxy } from "./proxy.ts";

const [port, control_port, source, seed] = Deno.args;
const source_url = new URL(`http://${source}`);

const now = () => performance.now();
const counters = zeroCounters();
const faults = new ActiveFaults({
  now,
  after: (delay_ms, work) => {
    const timer = setTimeout(work, delay_ms);
    return () => clearTimeout(timer);
  },
  randomOf: (id) => seededRandom(Number(seed), id),
});

startProxy(Number(port), {
  source: { hostname: source_url.hostname, port: Number(source_url.port || 80) },
  faults,
  counters,
});
Deno.serve(
  { hostname: "127.0.0.1", port: Number(control_port), onListen: () => {} },
  (request) => control(request, { faults, counters, now }),
);
