import { assertEquals } from "@std/assert";
import type { ServiceName, ServiceProcess } from "./service_process.ts";
import { EXIT_CODE_UNEXPECTED_END, supervise } from "./supervise.ts";

/** A service that ends when the test says so, or when it is stopped. */
class FakeService implements ServiceProcess {
  readonly pid = 1;
  readonly startup = Promise.resolve({ url: "http://127.0.0.1:5", port: 5 });
  readonly #end = Promise.withResolvers<{ code: number }>();
  readonly ended = this.#end.promise;
  stops = 0;
  stderr_tail = "";

  constructor(readonly name: ServiceName) {}

  end(code: number): void {
    this.#end.resolve({ code });
  }

  stop(): Promise<{ code: number }> {
    this.stops++;
    this.end(0);
    return this.ended;
  }
}

function harness() {
  const data = new FakeService("data_server");
  const metrics = new FakeService("metrics_server");
  const stop = Promise.withResolvers<void>();
  const metrics_started = Promise.withResolvers<string>();
  const said: string[] = [];
  const data_url = Promise.withResolvers<string | null>();
  const exit_code = supervise({
    startData: () => data,
    startMetrics: (url) => {
      metrics_started.resolve(url);
      return metrics;
    },
    dataUrl: () => data_url.promise,
    stop: stop.promise,
    say: (line) => said.push(line),
  });
  return {
    data,
    metrics,
    stop,
    metrics_started: metrics_started.promise,
    said,
    data_url,
    exit_code,
  };
}

Deno.test("supervise starts metrics_server with data_server's URL and gives 0 for a stop", async () => {
  const { data, metrics, stop, metrics_started, said, data_url, exit_code } = harness();
  data_url.resolve("http://127.0.0.1:5");
  assertEquals(await metrics_started, "http://127.0.0.1:5");
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([data.stops, metrics.stops, said], [1, 1, []]);
});

Deno.test("supervise does not start metrics_server when it is stopped before data_server listens", async () => {
  const { data, metrics, stop, exit_code } = harness();
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([data.stops, metrics.stops], [1, 0]);
});

const PORT_TAKEN = "DATA_PORTS=x: must be 1; PORT=1: already in use\n";

const ENDS: [who: ServiceName, code: number, exit_code: number, said: string, stderr?: string][] = [
  ["data_server", 7, 7, "data_server ended with exit code 7: stopping the other service"],
  [
    "metrics_server",
    137,
    137,
    "metrics_server ended with exit code 137: stopping the other service",
  ],
  [
    "metrics_server",
    0,
    EXIT_CODE_UNEXPECTED_END,
    "metrics_server ended with exit code 0: stopping the other service",
  ],
  [
    "metrics_server",
    78,
    78,
    "metrics_server did not start, see above (its PORT is METRICS_PORT here): " +
    "stopping the other service",
    PORT_TAKEN,
  ],
  [
    "data_server",
    78,
    78,
    "data_server did not start, see above: stopping the other service",
    "DATA_PORTS=abc: must be a whole number\n",
  ],
];

for (const [who, code, want, line, stderr = ""] of ENDS) {
  Deno.test(`supervise gives ${want} and says why when ${who} ends with ${code} after "${stderr.trim()}"`, async () => {
    const { data, metrics, metrics_started, said, data_url, exit_code } = harness();
    data_url.resolve("http://127.0.0.1:5");
    await metrics_started;
    const ending = who === "data_server" ? data : metrics;
    ending.stderr_tail = stderr;
    ending.end(code);
    assertEquals(await exit_code, want);
    assertEquals(said, [line]);
    assertEquals([data.stops, metrics.stops], [1, 1]);
  });
}

Deno.test("supervise gives data_server's code when it ends before it listens", async () => {
  const { data, metrics, said, data_url, exit_code } = harness();
  data.stderr_tail = PORT_TAKEN;
  data.end(78);
  data_url.resolve(null);
  assertEquals(await exit_code, 78);
  assertEquals(metrics.stops, 0);
  assertEquals(said, [
    "data_server did not start, see above (its PORT is DATA_PORT here): stopping the other service",
  ]);
});
