import { assertEquals } from "@std/assert";
import { startDeno, startupIn } from "./service_process.ts";

const STARTUP = '{"event":"startup","url":"http://127.0.0.1:5","port":5}';

function start(code: string, onLines: (piece: Uint8Array) => Promise<void> | void) {
  return startDeno("data_server", ["eval", code], { env: {}, onLines, stderr: "null" });
}

Deno.test("startDeno passes on whole lines, the startup event and the exit code", async () => {
  const pieces: string[] = [];
  const child = start(
    `Deno.stdout.writeSync(new TextEncoder().encode('{"a":1}\\n${STARTUP}\\n{"torn"'));
     Deno.exit(7);`,
    (piece) => void pieces.push(new TextDecoder().decode(piece)),
  );
  assertEquals(await child.startup, { url: "http://127.0.0.1:5", port: 5 });
  assertEquals((await child.ended).code, 7);
  assertEquals(pieces.join(""), `{"a":1}\n${STARTUP}\n`);
  assertEquals((await child.stop()).code, 7);
});

Deno.test("startDeno has a null startup if the process ends without one", async () => {
  const child = start("Deno.exit(78)", () => {});
  assertEquals(await child.startup, null);
  assertEquals((await child.ended).code, 78);
});

const EVENT = '{"ts":"t","level":"INFO","event":"startup","url":"http://0.0.0.0:1","port":1}';

const CASES: [promise: string, lines: string, want: { url: string; port: number } | null][] = [
  ["finds the event among others", `{"event":"gen.tick"}\n${EVENT}\n{"event":"x"}\n`, {
    url: "http://0.0.0.0:1",
    port: 1,
  }],
  ["returns null if it is not there", '{"event":"gen.tick"}\n', null],
  ["ignores another event that quotes it", '{"event":"x","s":"\\"event\\":\\"startup\\""}\n', null],
  ["ignores a line that is not JSON", 'oops "event":"startup"\n', null],
  ["ignores a startup without a port", '{"event":"startup","url":"http://h"}\n', null],
];

for (const [promise, lines, want] of CASES) {
  Deno.test(`startupIn ${promise}`, () => assertEquals(startupIn(lines), want));
}
