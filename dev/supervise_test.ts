import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  EXIT_CODE_UNEXPECTED_END,
  lineSink,
  parentGone,
  type Part,
  supervise,
  type Supervised,
} from "./supervise.ts";

/** A process that ends when the test says so, or when it is stopped. */
class FakeProcess implements Supervised {
  readonly #end = Promise.withResolvers<{ code: number }>();
  readonly ended = this.#end.promise;
  readonly becomes_ready = Promise.withResolvers<void>();
  stderr_tail = "";

  constructor(readonly name: string, readonly pid: number, readonly stops: string[]) {}

  end(code: number): void {
    this.#end.resolve({ code });
  }

  async stop(): Promise<{ code: number }> {
    this.stops.push(this.name);
    await Promise.resolve();
    this.stops.push(`${this.name} ended`);
    this.end(0);
    return this.ended;
  }
}

/** Runs parts of these names; `started` are their processes, in order. */
function harness(names: readonly string[], { restart_ms }: { restart_ms?: number } = {}) {
  const stop = Promise.withResolvers<void>();
  const started: FakeProcess[] = [];
  const stops: string[] = [];
  const lines: string[] = [];
  const parts = names.map((name): Part<FakeProcess> => ({
    port_variable: `${name.toUpperCase()}_PORT`,
    stops_last: name === "store",
    start() {
      const process = new FakeProcess(name, started.length, stops);
      started.push(process);
      return process;
    },
    ready: (process) => Promise.race([process.becomes_ready.promise, process.ended]),
  }));
  const onReady = () => lines.push("ready");
  const say = (line: string) => lines.push(line);
  const exit_code = supervise(parts, { stop: stop.promise, say, restart_ms, onReady });
  const namesStarted = () => started.map(({ name }) => name);
  /** Makes all of them ready, one after the other. */
  const allReady = async () => {
    for (const at of names.keys()) {
      started[at].becomes_ready.resolve();
      await flush();
    }
  };
  return { started, namesStarted, stops, stop, lines, exit_code, allReady };
}

/** Lets pending promises settle. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("supervise starts a part once the one before is ready, and returns 0 after a stop", async () => {
  const { started, namesStarted, stops, stop, lines, exit_code } = harness(["a", "b"]);
  await flush();
  assertEquals(namesStarted(), ["a"]);
  started[0].becomes_ready.resolve();
  await flush();
  assertEquals([namesStarted(), lines], [["a", "b"], []]);
  started[1].becomes_ready.resolve();
  await flush();
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([stops, lines], [["a", "b", "a ended", "b ended"], ["ready"]]);
});

Deno.test("supervise does not start the second part if it is stopped before the first is ready", async () => {
  const { namesStarted, stops, stop, lines, exit_code } = harness(["a", "b"]);
  stop.resolve();
  assertEquals(await exit_code, 0);
  assertEquals([namesStarted(), stops, lines], [["a"], ["a", "a ended"], []]);
});

Deno.test("supervise stops the store after all others have ended", async () => {
  const { stops, stop, exit_code, allReady } = harness(["store", "a"]);
  await allReady();
  stop.resolve();
  await exit_code;
  assertEquals(stops, ["a", "a ended", "store", "store ended"]);
});

const PORT_TAKEN = "DATA_PORTS=x: must be 1; PORT=1: already in use\n";

const ENDS: [code: number, exit_code: number, line: string, stderr?: string][] = [
  [7, 7, "a ended with exit code 7: stopping the others"],
  [137, 137, "a ended with exit code 137: stopping the others"],
  [0, EXIT_CODE_UNEXPECTED_END, "a ended with exit code 0: stopping the others"],
  [
    78,
    78,
    "a did not start, see above (its PORT is A_PORT here): stopping the others",
    PORT_TAKEN,
  ],
  [
    78,
    78,
    "a did not start, see above: stopping the others",
    "DATA_PORTS=abc: must be a whole number\n",
  ],
];

for (const [code, want, line, stderr = ""] of ENDS) {
  Deno.test(`supervise returns ${want} if a process ends with ${code} after "${stderr.trim()}"`, async () => {
    for (const is_ready of [true, false]) {
      const { started, stops, lines, exit_code, allReady } = harness(["a", "b"]);
      if (is_ready) await allReady();
      started[0].stderr_tail = stderr;
      started[0].end(code);
      assertEquals(await exit_code, want);
      assertEquals(lines.at(-1), line);
      assertEquals(stops.includes("b"), is_ready);
    }
  });
}

Deno.test("supervise starts a process again that ended once it was ready, and then stops it", async () => {
  using time = new FakeTime();
  const fleet = harness(["a", "b"], { restart_ms: 5_000 });
  await fleet.allReady();
  fleet.started[0].end(137);
  await time.tickAsync(4_999);
  assertEquals(fleet.namesStarted(), ["a", "b"]);
  await time.tickAsync(1);
  assertEquals(fleet.namesStarted(), ["a", "b", "a"]);
  assertEquals(fleet.lines.at(-1), "a (pid 0) ended with exit code 137: starting it again in 5 s");
  fleet.stop.resolve();
  assertEquals(await fleet.exit_code, 0);
  assertEquals(fleet.stops, ["a", "b", "a ended", "b ended"]);
});

Deno.test("supervise ends if a process ends again before it is ready", async () => {
  using time = new FakeTime();
  const fleet = harness(["a"], { restart_ms: 5_000 });
  await fleet.allReady();
  fleet.started[0].end(1);
  await time.tickAsync(5_000);
  fleet.started[1].end(9);
  assertEquals(await fleet.exit_code, 9);
});

Deno.test("supervise starts nothing again after a stop", async () => {
  using time = new FakeTime();
  const fleet = harness(["a", "b"], { restart_ms: 5_000 });
  await fleet.allReady();
  fleet.started[0].end(1);
  await flush();
  fleet.stop.resolve();
  assertEquals(await fleet.exit_code, 0);
  await time.tickAsync(10_000);
  assertEquals(fleet.namesStarted(), ["a", "b"]);
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
