import { assert, assertEquals } from "@std/assert";
import { Coverage, trialsOf } from "./coverage.ts";
import { coverageOf, LEDGER_RUNS_MAX, type LedgerEntry, ledgerText, readLedger } from "./ledger.ts";
import type { DrawnFault, DrawnTimeline } from "./timeline.ts";

function timeline(cold_start: boolean, ...faults: DrawnFault[]): DrawnTimeline {
  return {
    seed: 1,
    cold_start,
    settings: { subjects: 1, store: "none", front: "none" },
    faults,
  };
}

const fault = (kind: string, place: string, at_ms: number, for_ms: number): DrawnFault => ({
  kind,
  place,
  values: {},
  at_ms,
  for_ms,
});

const THREE = timeline(
  true,
  fault("tcp.refuse", "source", 0, 2_000),
  fault("http.html", "", 1_000, 2_000),
  fault("resource.cpu", "", 3_500, 1_000),
);

Deno.test("a timeline tries pairs that overlap, and each fault at its moments", () => {
  assertEquals(trialsOf(THREE), [
    "http.html + tcp.refuse source",
    "tcp.refuse source: first of several",
    "tcp.refuse source: subject starts",
    "http.html: during another",
    "resource.cpu: after another",
  ]);
  assertEquals(trialsOf(timeline(false, THREE.faults[1])), ["http.html: alone"]);
});

Deno.test("novelty counts what was never tried", () => {
  const coverage = new Coverage();
  assertEquals(coverage.novelty(THREE), 5);
  coverage.add(["http.html: during another", "http.html + tcp.refuse source"]);
  assertEquals(coverage.novelty(THREE), 3);
});

Deno.test("the tables count what was tried of what is possible", () => {
  const coverage = new Coverage();
  coverage.add(trialsOf(THREE));
  coverage.add(trialsOf(THREE));
  const text = coverage.text();
  assert(text.startsWith("  tried in 2 runs"), text);
  assert(/^ {2}source http .* 1\/\d+/m.test(text), text);
  const row = coverage.markdown().split("\n").find((line) => line.startsWith("| http.html |"));
  assertEquals(row, "| http.html | 0 | 0 | 2 | 0 | 0 | 0 | tcp.refuse source 2 |");
});

Deno.test("a ledger is read as it was written, keeps its newest runs, and skips other lines", () => {
  const entry = (seed: number): LedgerEntry => ({ seed, verdict: "held", trials: ["a + b"] });
  const entries = Array.from({ length: LEDGER_RUNS_MAX + 2 }, (_, seed) => entry(seed));
  const read = readLedger(`no JSON\n{"trials":1}\n${ledgerText(entries)}`);
  assertEquals(read.length, LEDGER_RUNS_MAX);
  assertEquals(read[0], entry(2));
  assertEquals(coverageOf(read).runs, LEDGER_RUNS_MAX);
});
