import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Durations, type Log } from "../platform/mod.ts";
import { FilledStore } from "./testing/test_server.ts";
import { LONG_BODY_MS_MAX } from "./serve/mod.ts";
import { POLL_PHASES } from "./serve/mod.ts";
import { startServing } from "./serving.ts";
import { ThreadFigures } from "./thread_figures.ts";

/** Larger than the kernel's buffers for a stalled reader. */
const CSV = "switch_id,a\n" +
  Array.from({ length: 200_000 }, (_, i) => `sw-${i},${"7".repeat(60)}\n`).join("");

const ignore = () => {};
const LOG: Log = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  access: ignore,
  accessFields: ignore,
  label: () => false,
  access_on: false,
  debug_on: false,
  lines_dropped: 0,
};

function serving(log = LOG) {
  return startServing({
    hostname: "127.0.0.1",
    port: 0,
    reuse_port: false,
    store: new FilledStore().take(CSV, "boot-1", 1).store,
    limits: {
      max_stale_ms: Infinity,
      fresh_bound_ms: 0,
      poll_ms: 1500,
      ready_requires: "any",
      retry_after_s: 1,
      list_bytes_max: 1e6,
    },
    log,
    requestItems: ignore,
    fabric: null,
    thread: 0,
    figures: [new ThreadFigures()],
    polls: new Durations(POLL_PHASES.length),
    loop_probe_ms: 1000,
    allowed_hosts: "",
    access: { tokens: null, tls: null },
    needs_token_for_metrics: true,
    cors_origins: "",
    prometheus_url: "",
    has_websockets: true,
    access_every: 1,
    started_epoch_ms: 0,
  });
}

/** Requests the list and reads only its beginning. */
async function stalledReader(port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(
    new TextEncoder().encode("GET /telemetry/ListMetrics HTTP/1.1\r\nhost: x\r\n\r\n"),
  );
  await conn.read(new Uint8Array(1000));
  return conn;
}

Deno.test("stop() is not drained if an answer is cut off during it", async () => {
  using time = new FakeTime();
  const tested = serving();
  using _reader = await stalledReader(tested.server.port);
  const stopped = tested.stop(LONG_BODY_MS_MAX * 2);
  time.tick(LONG_BODY_MS_MAX);
  assertEquals(await stopped, false);
});

Deno.test("stop() is drained if an answer was cut off before it", async () => {
  using time = new FakeTime();
  const tested = serving();
  using _reader = await stalledReader(tested.server.port);
  time.tick(LONG_BODY_MS_MAX);
  assertEquals(await tested.stop(1000), true);
});

Deno.test("A failed request is counted in /metrics as 500", async () => {
  let failing = true;
  const tested = serving({
    ...LOG,
    access_on: true,
    access() {
      if (failing) throw new Error("defect");
    },
  });
  const { url } = tested.server;
  assertEquals((await (await fetch(`${url}/openapi.json`)).json()).status, 500);
  failing = false;
  const text = await (await fetch(`${url}/metrics`)).text();
  assertStringIncludes(text, '_http_requests_total{endpoint="other",code="500"} 1\n');
  await tested.stop(1000);
});

Deno.test("An answer cut off for its slow reader is logged as http.cut, not as an error", async () => {
  const logged: unknown[] = [];
  const keep = (event: string, fields: unknown) => void logged.push([event, fields]);
  using time = new FakeTime();
  const tested = serving({ ...LOG, warn: keep, error: keep });
  const { port, url } = tested.server;
  {
    using _reader = await stalledReader(port);
    time.tick(LONG_BODY_MS_MAX);
    const text = await (await fetch(`${url}/metrics`)).text();
    assertEquals(text.match(/code="500"/), null);
  }
  assertEquals(logged, [["http.cut", {
    reason: `reader took longer than ${LONG_BODY_MS_MAX} ms`,
  }]]);
  await tested.stop(1000);
});
