import { assertEquals } from "@std/assert";
import { freePort, isPortFree } from "./free_port.ts";

Deno.test("freePort gives no port twice, though nobody listens on it yet", () => {
  const ports = Array.from({ length: 500 }, freePort);
  assertEquals(new Set(ports).size, 500);
});

Deno.test("freePort gives ports that can be listened on, below those of outgoing connections", () => {
  const port = freePort();
  assertEquals(port < 32_768, true);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assertEquals(isPortFree(port), false);
});
