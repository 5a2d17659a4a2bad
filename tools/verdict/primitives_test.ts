import { assertEquals, assertRejects } from "@std/assert";
import { escapeXml, firstValue, junitXml, mulberry32, pause, until, within } from "./mod.ts";

Deno.test("mulberry32() repeats with its seed and stays in [0, 1)", () => {
  const draw = (seed: number) => Array.from({ length: 1_000 }, mulberry32(seed));
  assertEquals(draw(7), draw(7));
  assertEquals(draw(7)[0], 0.011704753153026104);
  assertEquals(draw(1).every((value) => value >= 0 && value < 1), true);
  assertEquals(draw(2 ** 32 + 7), draw(7), "the lower 32 bits count");
});

Deno.test("pause() ends at its time or at the first aborted signal", async () => {
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal, new AbortController().signal);
  stop.abort();
  await paused;
  await pause(60_000, AbortSignal.abort());
  await pause(0);
  await pause(1);
});

Deno.test("until() resolves with the first value that is there", async () => {
  let looks = 0;
  const look = () => ++looks === 3 ? 0 : looks === 2 ? false : null;
  assertEquals(await until("zero", look, { look_every_ms: 0 }), 0);
  assertEquals(looks, 3);
});

Deno.test("until() names what it waited for and how long", async () => {
  await assertRejects(
    () => until("a state", () => false, { wait_ms_max: 1, look_every_ms: 1 }),
    Error,
    "waited 1 ms in vain for a state",
  );
});

Deno.test("firstValue() is undefined once its signal aborts", async () => {
  assertEquals(await firstValue(() => null, { signal: AbortSignal.abort() }), undefined);
});

Deno.test("within() passes on the value or the error, and limits the time", async () => {
  assertEquals(await within("work", Promise.resolve(1)), 1);
  await assertRejects(() => within("work", Promise.reject(new Error("no"))), Error, "no");
  await assertRejects(
    () => within("work", new Promise(() => {}), 1),
    Error,
    "waited 1 ms in vain for work",
  );
});

Deno.test("escapeXml() leaves no markup and nothing XML 1.0 cannot hold", () => {
  assertEquals(escapeXml(`<a b="c">&'`), "&#60;a b=&#34;c&#34;&#62;&#38;&#39;");
  assertEquals(escapeXml("a\x00b\x1b\ud800c\ufffe"), "a\ufffdb\ufffd\ufffdc\ufffd");
  assertEquals(escapeXml("a\nb 😀"), "a&#10;b 😀");
});

Deno.test("junitXml() counts outcomes and shows why a case did not pass", () => {
  const xml = junitXml({
    name: "gate",
    time_s: 1.5,
    timestamp: "2026-01-01T00:00:00Z",
    cases: [
      { classname: "g", name: "p95", outcome: "passed", time_s: 0 },
      { classname: "g", name: "p99 <", outcome: "failure", message: "9 > 7", detail: "round 2" },
      { classname: "g", name: "rate", outcome: "skipped", message: "busy" },
    ],
  });
  assertEquals(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="gate" tests="3" failures="1" errors="0" skipped="1" time="1.500" timestamp="2026-01-01T00:00:00Z">
    <testcase classname="g" name="p95" time="0.000"/>
    <testcase classname="g" name="p99 &#60;"><failure message="9 &#62; 7">round 2</failure></testcase>
    <testcase classname="g" name="rate"><skipped message="busy"/></testcase>
  </testsuite>
</testsuites>
`,
  );
});
