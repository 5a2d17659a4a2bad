import { assertEquals } from "@std/assert";
import { simulate, timesOf } from "../testing/journal.ts";
import { readRun } from "./mod.ts";
import { cutAtFaults, joinSmall } from "./pieces.ts";
import { spansOf } from "./spans.ts";

const span = (from_ms: number, to_ms: number) => ({ from_ms, to_ms });
const longerThan = (least_ms: number) => (piece: readonly { from_ms: number; to_ms: number }[]) =>
  piece.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0) >= least_ms;

Deno.test("a run is cut where its baseline ends and where a fault goes on and off", () => {
  const { baseline, on, off, end } = timesOf();
  const run = readRun(simulate())!;
  assertEquals(cutAtFaults(run, spansOf(run, "always")), [
    span(baseline, on - 5),
    span(on - 5, on),
    span(on, off),
    span(off, end + 10),
  ]);
  assertEquals(cutAtFaults(run, [span(on + 1, on + 2)]), [span(on + 1, on + 2)]);
});

Deno.test("a piece that is too short joins the shorter of its neighbors, and the seam is within", () => {
  const pieces = [[span(0, 30)], [span(30, 31)], [span(31, 50)]];
  assertEquals(joinSmall(pieces, longerThan(10)), [[span(0, 30)], [span(30, 50)]]);
  assertEquals(joinSmall(pieces, longerThan(25)), [[span(0, 50)]]);
});

Deno.test("pieces that do not touch stay apart when they are judged together", () => {
  const pieces = [[span(0, 30)], [span(60, 62)]];
  assertEquals(joinSmall(pieces, longerThan(10)), [[span(0, 30), span(60, 62)]]);
  assertEquals(joinSmall([[span(0, 1)]], longerThan(10)), [[span(0, 1)]]);
});
