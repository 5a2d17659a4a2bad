import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runProcess } from "../processes/mod.ts";

function run(...args: string[]) {
  const program = ["run", "--allow-net=127.0.0.1", import.meta.resolve("./main.ts")];
  return runProcess([Deno.execPath(), ...program, ...args], { env: { NO_COLOR: "1" } });
}

Deno.test("tools/http/main.ts prints requests/s, percentiles and statuses", async () => {
  let status = 200;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("ok", { status }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const good = await run(url, "--connections", "2", "--seconds", "1");
  assertEquals([good.code, good.stderr], [0, ""]);
  assertMatch(good.stdout, /^requests\/s\s+[\d,]+\np50\s+[\d.]+ ms .*\n200: \d+\n$/);
  status = 503;
  const bad = await run(url, "--connections", "2", "--seconds", "1");
  assertEquals(bad.code, 1);
  assertStringIncludes(bad.stdout, "503: ");
});

const REFUSED: [args: string[], message: string][] = [
  [[], "URL must start with http://127.0.0.1, got none"],
  [["http://example.com/"], "URL must start with http://127.0.0.1, got http://example.com/"],
  [["http://127.0.0.1/", "--seconds", "0"], "--seconds must be a whole number 1–3600, got 0"],
  [["http://127.0.0.1/", "--rate", "9"], "Unknown option '--rate'"],
];

Deno.test("tools/http/main.ts refuses wrong usage with exit code 64", async () => {
  for (const [args, message] of REFUSED) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stdout], [64, ""]);
    assertStringIncludes(stderr, message);
  }
});
