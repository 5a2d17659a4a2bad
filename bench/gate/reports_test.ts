import { assertEquals, assertStringIncludes } from "@std/assert";
import { judge } from "../../tools/verdict/mod.ts";
import { concludeGate } from "./gate_verdict.ts";
import { gateJson, gateJunit, gateMarkdown, type GateResult, gateScreen } from "./reports.ts";

const claim = { figure: "default", unit: "ms", relation: "≤", bound: 7 } as const;
const checks = [
  judge({ ...claim, name: "p95", samples: [6] }),
  judge({ ...claim, name: 'p99 <"&|\u0001>', samples: [8] }),
  judge({ ...claim, name: "p50", samples: [8], doubts: ["others ran"] }),
  judge({ ...claim, name: "p10", samples: [] }),
];
const RESULT: GateResult = {
  ...concludeGate(checks),
  machine: {
    cpu: "CPU",
    cores: 2,
    memory_mb: 1024,
    kernel: "linux 6",
    deno: "2.9.6",
    v8: "14",
    load_average: 0.5,
  },
  method: ["how"],
  arms: [],
  checks,
  notes: ["a note"],
};

Deno.test("the screen ends with the verdict and its reason", () => {
  const last = gateScreen(RESULT).trimEnd().split("\n").at(-1);
  assertEquals(last, 'gate: FAIL: default: p99 <"&|\u0001> is 8 ms, must be ≤ 7 ms');
});

Deno.test("JUnit has a case a check: broken ones failed, doubtful ones skipped, never passed", () => {
  const xml = gateJunit(RESULT);
  assertStringIncludes(xml, 'tests="4" failures="1" errors="0" skipped="2"');
  assertStringIncludes(xml, '<testcase classname="gate.default" name="p95"/>');
  assertStringIncludes(xml, 'name="p99 &#60;&#34;&#38;|?&#62;"><failure message=');
  assertStringIncludes(xml, 'name="p50"><skipped message="others ran"/>');
});

Deno.test("Markdown keeps its table whole, whatever a name holds", () => {
  const rows = gateMarkdown(RESULT).split("\n").filter((line) => line.startsWith("| "));
  assertEquals(rows.length, 1 + checks.length);
  for (const row of rows) {
    assertEquals(row.replaceAll("\\|", "").split("|").length, 8, row);
  }
  assertStringIncludes(gateMarkdown(RESULT), "## Performance gate: fail");
});

Deno.test("gate.json tells the verdict and every check, null where nothing was measured", () => {
  const { verdict, checks: told } = JSON.parse(gateJson(RESULT));
  assertEquals([verdict, told.length, told[3].value], ["fail", 4, null]);
});
