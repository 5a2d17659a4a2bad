import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress, readAddress } from "./address.ts";

Deno.test("readAddress reads names, IPv4, IPv6 and every interface, and formatAddress writes them", () => {
  for (
    const [text, host, port] of [
      ["127.0.0.1:80", "127.0.0.1", 80],
      ["localhost:0", "localhost", 0],
      ["[::1]:8080", "::1", 8080],
      [":99", "", 99],
    ] as const
  ) {
    assertEquals(readAddress("listen", text), { host, port });
    assertEquals(formatAddress({ host, port }), text);
  }
});

for (const text of ["nonsense", "a:b:1", "::1:80", "host:", "host:99999", "host:-1", ""]) {
  Deno.test(`readAddress refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => readAddress("listen", text), RangeError, `listen=${text}: `);
  });
}
