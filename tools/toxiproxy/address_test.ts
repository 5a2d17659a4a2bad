import { FakeTime } from "@std/testing/time";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  checkAddress,
  formatAddress,
  isSameListen,
  readAddress,
  resolveAddress,
} from "./address.ts";
import { LOOKUP_MS_MAX } from "./limits.ts";

for (
  const [text, host, port] of [
    ["127.0.0.1:80", "127.0.0.1", 80],
    ["localhost:0", "localhost", 0],
    ["[::1]:8080", "::1", 8080],
    [":99", "", 99],
    ["host:", "host", 0],
    ["host:+80", "host", 80],
    ["host: 00080", "host", 80],
    ["[]:80", "", 80],
    ["[fe80::1%eth0]:80", "fe80::1%eth0", 80],
  ] as const
) {
  Deno.test(`readAddress reads ${JSON.stringify(text)}`, () => {
    assertEquals(readAddress(text), { host, port });
    assertEquals(readAddress(formatAddress({ host, port })), { host, port });
  });
}

/** The errors of `net.ResolveTCPAddr` in Go 1.23. */
for (
  const [text, message] of [
    ["", "address : missing port in address"],
    ["nonsense", "address nonsense: missing port in address"],
    ["a:b:1", "address a:b:1: too many colons in address"],
    ["::1:80", "address ::1:80: too many colons in address"],
    ["[::1]", "address [::1]: missing port in address"],
    ["[::1", "address [::1: missing ']' in address"],
    ["[::1]:80:90", "address [::1]:80:90: too many colons in address"],
    ["[::1]x:80", "address [::1]x:80: missing port in address"],
    ["a]:80", "address a]:80: unexpected ']' in address"],
    ["a[:80", "address a[:80: unexpected '[' in address"],
    ["host:65536", "address 65536: invalid port"],
    ["host:-1", "address -1: invalid port"],
    ["host:0x10", "lookup tcp/0x10: unknown port"],
  ] as const
) {
  Deno.test(`readAddress refuses ${JSON.stringify(text)} in Go's words`, () => {
    assertThrows(() => readAddress(text), Error, message);
    const said = `listen=${text}: must be host:port: ${message}`;
    assertThrows(() => checkAddress("listen", text), RangeError, said);
  });
}

for (
  const [text, resolved] of [
    ["", "[::]:0"],
    [":80", "[::]:80"],
    ["0.0.0.0:80", "[::]:80"],
    ["[0::0]:80", "[::]:80"],
    ["[0:0:0:0:0:0:0:1]:080", "[::1]:80"],
    ["[2001:DB8::0:1]:80", "[2001:db8::1]:80"],
    ["[::ffff:127.0.0.1]:80", "127.0.0.1:80"],
    ["[::FFFF:7f00:1]:80", "127.0.0.1:80"],
    ["[127.0.0.1]:80", "127.0.0.1:80"],
    ["localhost:80", "127.0.0.1:80"],
    ["LOCALHOST:080", "127.0.0.1:80"],
  ] as const
) {
  Deno.test(`resolveAddress gives ${JSON.stringify(text)} its canonical spelling`, async () => {
    assertEquals(formatAddress(await resolveAddress(text)), resolved);
  });
}

Deno.test("resolveAddress refuses a name without an address, and short forms of IPv4", async () => {
  for (const host of ["no.such.host.invalid", "127.1", "127.0.0.01"]) {
    await assertRejects(
      () => resolveAddress(`${host}:80`),
      Error,
      `lookup ${host}: no such host`,
    );
  }
});

Deno.test("resolveAddress takes the first IPv4 address, and gives up in time", async () => {
  const v6 = { address: "2001:db8::1", family: 6 };
  const v4 = { address: "192.0.2.7", family: 4 };
  const found = async (...all: typeof v6[]) =>
    (await resolveAddress("host:80", () => Promise.resolve(all))).host;
  assertEquals([await found(v6, v4), await found(v6)], [v4.address, v6.address]);
  using time = new FakeTime();
  const late = resolveAddress("host:80", () => new Promise(() => {}));
  const refused = assertRejects(() => late, Error, "lookup host: i/o timeout");
  time.tick(LOOKUP_MS_MAX);
  await refused;
});

Deno.test("isSameListen compares addresses, not spellings", async () => {
  for (
    const [current, listen, is_same] of [
      ["127.0.0.1:80", "localhost:80", true],
      ["localhost:80", "127.0.0.1:080", true],
      ["[::]:80", "0.0.0.0:80", true],
      ["[::]:80", ":80", true],
      ["127.0.0.1:80", "127.0.0.1:81", false],
      ["127.0.0.1:80", "[::1]:80", false],
      ["127.0.0.1:80", "0.0.0.0:80", false],
      ["127.0.0.1:0", "localhost:0", true],
      ["nonsense", "127.0.0.1:80", false],
    ] as const
  ) assertEquals(await isSameListen(current, listen), is_same, `${current} ${listen}`);
});
