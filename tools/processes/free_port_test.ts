import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { becomesFree, BLOCK_PORTS, freePort, isPortFree, TAKEN_MS_MIN } from "./free_port.ts";
import { runProcess } from "./start_process.ts";

Deno.test("freePort() returns many ports before it returns one again", () => {
  const ports = Array.from({ length: BLOCK_PORTS / 2 }, freePort);
  assertEquals(new Set(ports).size, BLOCK_PORTS / 2);
});

Deno.test("freePort() returns ports to listen on, below the range of outgoing connections", () => {
  const port = freePort();
  assert(port < 32_768, `${port}`);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assertEquals(isPortFree(port), false);
});

Deno.test("freePort() returns no port of a program or thread that still runs", async () => {
  // The program that listens on the first port of a block owns the others.
  const own = freePort();
  assertEquals(isPortFree(own - own % BLOCK_PORTS), false);
  const url = new URL("./free_port.ts", import.meta.url);
  const program = `import { freePort } from "${url}"; console.log(freePort());`;
  const { stdout } = await runProcess([Deno.execPath(), "eval", program]);
  const block = (port: number) => Math.floor(port / BLOCK_PORTS);
  assert(Number(stdout) > 0, stdout);
  assertNotEquals(block(Number(stdout)), block(own));
});

Deno.test("becomesFree() waits for a port held for an instant, as by a child before its exec", async () => {
  let asked = 0;
  let waited_ms = 0;
  const wait = (ms: number) => Promise.resolve(waited_ms += ms);
  assertEquals(await becomesFree(20_000, () => ++asked > 3, wait), true);
  assertEquals(waited_ms < TAKEN_MS_MIN, true);
});

Deno.test("becomesFree() gives up on a port that stays taken, after TAKEN_MS_MIN", async () => {
  let waited_ms = 0;
  const wait = (ms: number) => Promise.resolve(waited_ms += ms);
  assertEquals(await becomesFree(20_000, () => false, wait), false);
  assertEquals(waited_ms, TAKEN_MS_MIN);
});
