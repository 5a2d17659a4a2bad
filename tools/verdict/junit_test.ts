import { assertEquals } from "@std/assert";
import { escapeXml, junitXml } from "./junit.js";

Deno.test("escapeXml() escapes markup and replaces characters XML 1.0 forbids", () => {
  assertEquals(escapeXml(`<a b="c">&'`), "&#60;a b=&#34;c&#34;&#62;&#38;&#39;");
  assertEquals(escapeXml("a\x00b\x1b\ud800c\ufffe"), "a\ufffdb\ufffd\ufffdc\ufffd");
  assertEquals(escapeXml("a\nb 😀"), "a&#10;b 😀");
});

Deno.test("junitXml() counts outcomes, and explains each case that has a message", () => {
  const xml = junitXml({
    name: "gate",
    time_s: 1.5,
    timestamp: "2026-01-01T00:00:00Z",
    cases: [
      { classname: "g", name: "p95", outcome: "passed", time_s: 0 },
      { classname: "g", name: "p99 <", outcome: "failure", message: "9 > 7", detail: "round 2" },
      { classname: "g", name: "rate", outcome: "skipped", message: "busy" },
      { classname: "g", name: "p50", outcome: "passed", message: "1 < 7" },
    ],
  });
  assertEquals(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="gate" tests="4" failures="1" errors="0" skipped="1" time="1.500" timestamp="2026-01-01T00:00:00Z">
    <testcase classname="g" name="p95" time="0.000"/>
    <testcase classname="g" name="p99 &#60;"><failure message="9 &#62; 7">round 2</failure></testcase>
    <testcase classname="g" name="rate"><skipped message="busy"/></testcase>
    <testcase classname="g" name="p50"><system-out>1 &#60; 7</system-out></testcase>
  </testsuite>
</testsuites>
`,
  );
});
