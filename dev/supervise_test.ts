import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { ServiceName, ServiceProcess } from "./service_process.ts";
import { EXIT_CODE_UNEXPECTED_END, lineSink, parentGone, supervise } from "./supervise.ts";

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
  const lines: string[] = [];
  const data_url = Promise.withResolvers<string | null>();
  const exit_code = supervise({
    startData: () => data,
    startMetrics: (url) => {
      metrics_started.resolve(url);
      return metrics;
    },
    dataUrl: () => data_url.promise,
    stop: stop.promise,
    say: (line) => lines.push(line),
  });
  return {
    data,
    metrics,
    stop,
    metrics_started: metrics_started.promise,
    lines,
    data_url,
    exit_code,
  };
}

Deno.test("supervise starts metrics_server with data_server's URL and returns 0 after a stop", async () => {
  const { data, metrics, stop, metrics_started, lines, data_url, exit_code } = harness();
  data_url.resolve("http://127.0.0.1:5");
  assertEquals(await metrics_started, "http://127.0.0.1:5");
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([data.stops, metrics.stops, lines], [1, 1, []]);
});

Deno.test("supervise does not start metrics_server if it is stopped before data_server listens", async () => {
  const { data, metrics, stop, exit_code } = harness();
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([data.stops, metrics.stops], [1, 0]);
});

const PORT_TAKEN = "DATA_PORTS=x: must be 1; PORT=1: already in use\n";

const ENDS: [
  service: ServiceName,
  code: number,
  exit_code: number,
  line: string,
  stderr?: string,
][] = [
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

for (const [service, code, want, line, stderr = ""] of ENDS) {
  Deno.test(`supervise returns ${want} if ${service} ends with ${code} after "${stderr.trim()}"`, async () => {
    const { data, metrics, metrics_started, lines, data_url, exit_code } = harness();
    data_url.resolve("http://127.0.0.1:5");
    await metrics_started;
    const ending = service === "data_server" ? data : metrics;
    ending.stderr_tail = stderr;
    ending.end(code);
    assertEquals(await exit_code, want);
    assertEquals(lines, [line]);
    assertEquals([data.stops, metrics.stops], [1, 1]);
  });
}

Deno.test("supervise returns data_server's exit code if it ends before it listens", async () => {
  const { data, metrics, lines, data_url, exit_code } = harness();
  data.stderr_tail = PORT_TAKEN;
  data.end(78);
  data_url.resolve(null);
  assertEquals(await exit_code, 78);
  assertEquals(metrics.stops, 0);
  assertEquals(lines, [
    "data_server did not start, see above (its PORT is DATA_PORT here): stopping the other service",
  ]);
});

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunks: Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk));

Deno.test("lineSink writes one piece at a time, in order of arrival", async () => {
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const sink = lineSink(async (piece) => {
    const name = new TextDecoder().decode(piece);
    log.push(`start ${name}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    log.push(`end ${name}`);
  });
  const done = Promise.all([sink(bytes("a")), sink(bytes("b"))]);
  while (gates.length < 1) await Promise.resolve();
  assertEquals(log, ["start a"]);
  gates[0]();
  while (gates.length < 2) await Promise.resolve();
  gates[1]();
  await done;
  assertEquals(log, ["start a", "end a", "start b", "end b"]);
});

Deno.test("lineSink drops pieces once a write has failed, and never rejects", async () => {
  const written: Uint8Array[] = [];
  const sink = lineSink((piece) => {
    if (written.length === 1) return Promise.reject(new Deno.errors.BrokenPipe());
    written.push(piece);
    return Promise.resolve();
  });
  await Promise.all(["a", "b", "c"].map((name) => sink(bytes(name))));
  assertEquals(text(written), ["a"]);
});

Deno.test("parentGone resolves once the process has another parent", async () => {
  using time = new FakeTime();
  let ppid = 7;
  let is_gone = false;
  const gone = parentGone(() => ppid, 100).then(() => is_gone = true);
  await time.tickAsync(1_000);
  assertEquals(is_gone, false);
  ppid = 1;
  await time.tickAsync(100);
  assertEquals(is_gone, true);
  await gone;
});

Deno.test("parentGone accepts init as the first parent, as in a container", async () => {
  using time = new FakeTime();
  let is_gone = false;
  let looks = 0;
  parentGone(() => (looks++, 1), 100).then(() => is_gone = true);
  await time.tickAsync(1_000);
  assertEquals([is_gone, looks], [false, 11]);
});
