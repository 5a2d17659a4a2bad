import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Check, judge } from "../../tools/verdict/mod.ts";
import {
  concludeGate,
  GATE_EXIT,
  gateJson,
  gateJunit,
  gateMarkdown,
  type GateResult,
  gateScreen,
} from "./reports.ts";

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
  contenders: [],
  checks,
  notes: ["a note"],
};

Deno.test("the screen ends with the verdict and its reason", () => {
  const last = gateScreen(RESULT).trimEnd().split("\n").at(-1);
  assertEquals(last, 'gate: FAIL: default: p99 <"&|\u0001> is 8 ms, must be ≤ 7 ms');
});

Deno.test("JUnit has a case per check: broken is a failure, inconclusive an error", () => {
  const xml = gateJunit(RESULT);
  assertStringIncludes(xml, 'tests="4" failures="1" errors="2" skipped="0"');
  assertStringIncludes(xml, 'name="p95"><system-out>default: p95 is 6 ms, bound ≤ 7 ms<');
  assertStringIncludes(xml, 'name="p99 &#60;&#34;&#38;|\ufffd&#62;"><failure message=');
  assertStringIncludes(xml, 'name="p50"><error message="others ran"/>');
});

Deno.test("Markdown escapes names inside its table", () => {
  const rows = gateMarkdown(RESULT).split("\n").filter((line) => line.startsWith("| "));
  assertEquals(rows.length, 1 + checks.length);
  for (const row of rows) {
    assertEquals(row.replaceAll("\\|", "").split("|").length, 8, row);
  }
  assertStringIncludes(gateMarkdown(RESULT), "## Performance gate: fail");
});

Deno.test("gate.json holds the verdict and all checks; NaN is null", () => {
  const { verdict, checks: written } = JSON.parse(gateJson(RESULT));
  assertEquals([verdict, written.length, written[3].value], ["fail", 4, null]);
});

const p95 = (value: number, doubts: string[] = []): Check =>
  judge({
    figure: "s",
    name: "p95",
    unit: "ms",
    samples: [value],
    relation: "≤",
    bound: 7,
    doubts,
  });

const VERDICTS: [promise: string, checks: Check[], verdict: string, reason: string][] = [
  ["passes if every bound holds", [p95(6), p95(7)], "pass", "all 2 bounds hold"],
  [
    "fails on one broken bound and reports its value",
    [p95(6), p95(8.125)],
    "fail",
    "s: p95 is 8.13 ms, must be ≤ 7 ms",
  ],
  [
    "fails on a broken bound despite inconclusive others",
    [p95(6, ["noise"]), p95(9)],
    "fail",
    "s: p95 is 9 ms, must be ≤ 7 ms",
  ],
  [
    "is inconclusive with a doubtful check and lists each doubt once",
    [p95(6), p95(8, ["noise"]), p95(9, ["noise"])],
    "inconclusive",
    "noise",
  ],
  ["is inconclusive without checks", [], "inconclusive", "no checks"],
];

for (const [promise, checks, verdict, reason] of VERDICTS) {
  Deno.test(`the gate ${promise}`, () => {
    assertEquals(concludeGate(checks), { verdict, reason } as ReturnType<typeof concludeGate>);
  });
}

Deno.test("only a pass exits with 0", () => {
  assertEquals(GATE_EXIT, { pass: 0, fail: 1, inconclusive: 2 });
});
