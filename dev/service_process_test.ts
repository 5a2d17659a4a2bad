import { assertEquals } from "@std/assert";
import { startDeno } from "./service_process.ts";

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
  assertEquals((await child.ended).code, 7);
  assertEquals(pieces.join(""), `{"a":1}\n${STARTUP}\n`);
  assertEquals((await child.stop()).code, 7);
});

Deno.test("startDeno gives null as startup where the process ends without one", async () => {
  const child = start("Deno.exit(78)", () => {});
  assertEquals(await child.startup, null);
  assertEquals((await child.ended).code, 78);
});
