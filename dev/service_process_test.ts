import { assert, assertEquals, assertLess } from "@std/assert";
import { DRAIN_MS_MAX, startDeno, STOP_MS_MAX } from "./service_process.ts";

const STARTUP = '{"event":"startup","url":"http://127.0.0.1:5","port":5}';

function start(code: string, onLines: (piece: Uint8Array) => Promise<void> | void) {
  return startDeno("data_server", ["eval", code], { env: {}, onLines, stderr: "null" });
}

Deno.test("startDeno hands on whole lines, tells the startup and the exit code", async () => {
  const pieces: string[] = [];
  const child = start(
    `Deno.stdout.writeSync(new TextEncoder().encode('{"a":1}\\n${STARTUP}\\n{"torn"'));
     Deno.exit(7);`,
    (piece) => void pieces.push(new TextDecoder().decode(piece)),
  );
  assertEquals(await child.startup, { url: "http://127.0.0.1:5", port: 5 });
  assertEquals(await child.ended, 7);
  assertEquals(pieces.join(""), `{"a":1}\n${STARTUP}\n`);
  assertEquals(await child.stop(), 7);
});

Deno.test("startDeno gives null as startup where the process ends without one", async () => {
  const child = start("Deno.exit(78)", () => {});
  assertEquals(await child.startup, null);
  assertEquals(await child.ended, 78);
});

Deno.test("stop sends SIGTERM once and waits for the process to end by itself", async () => {
  const lines = Promise.withResolvers<void>();
  const child = start(
    `let signals = 0;
     Deno.addSignalListener("SIGTERM", () => { signals++; setTimeout(() => Deno.exit(40 + signals), 50); });
     console.log("ready"); setInterval(() => {}, 1000);`,
    () => lines.resolve(),
  );
  await lines.promise;
  assertEquals(await child.stop(), 41);
});

Deno.test("stop kills a process that ignores SIGTERM, within STOP_MS_MAX", async () => {
  const lines = Promise.withResolvers<void>();
  const child = start(
    `Deno.addSignalListener("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000);`,
    () => lines.resolve(),
  );
  await lines.promise;
  const started_ms = performance.now();
  assertEquals(await child.stop(), 137);
  const took_ms = performance.now() - started_ms;
  assert(took_ms >= STOP_MS_MAX - 50, `killed after ${took_ms} ms`);
  assertLess(took_ms, STOP_MS_MAX + DRAIN_MS_MAX + 500);
});

Deno.test("startDeno reads on only when the lines it handed on are taken", async () => {
  const first = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  let calls = 0;
  let bytes = 0;
  const child = start(
    // More than a pipe holds: the rest can only come once somebody reads on.
    `for (let n = 0; n < 4_000; n++) console.log("x".repeat(99));`,
    async (piece) => {
      calls++;
      bytes += piece.length;
      first.resolve();
      await taken.promise;
    },
  );
  await first.promise;
  const late = Promise.withResolvers<"running">();
  const timer = setTimeout(() => late.resolve("running"), 200);
  assertEquals(await Promise.race([child.ended, late.promise]), "running");
  clearTimeout(timer);
  assertEquals(calls, 1);
  taken.resolve();
  assertEquals(await child.ended, 0);
  assertEquals(bytes, 400_000);
});

Deno.test("startDeno tells the end also while nobody takes the last lines", async () => {
  const stalled = Promise.withResolvers<void>();
  const child = start(`console.log("line"); Deno.exit(3);`, () => stalled.promise);
  assertEquals(await child.ended, 3);
  stalled.resolve();
});
