import { assertEquals } from "@std/assert";
import { becomesFree, freePort, isPortFree, TAKEN_MS_MIN } from "./free_port.ts";

Deno.test("freePort() never returns a port twice, even before its user listens", () => {
  const ports = Array.from({ length: 500 }, freePort);
  assertEquals(new Set(ports).size, 500);
});

Deno.test("freePort() returns ports to listen on, below the range of outgoing connections", () => {
  const port = freePort();
  assertEquals(port < 32_768, true);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assertEquals(isPortFree(port), false);
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
