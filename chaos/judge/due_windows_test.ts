import { assertEquals } from "@std/assert";
import type { LoadRecord, LoadSide } from "../journal/mod.ts";
import { dueWindows, requestsDue } from "./due_windows.ts";

const ARRIVALS = { profile: "arrival", env: { RATE: "500" } };

const side = (durations: LoadSide["durations"], dropped?: number): LoadSide => ({
  requests: durations.reduce((sum, [, count]) => sum + count, 0),
  failed: 0,
  durations,
  ...(dropped === undefined ? {} : { dropped }),
});

/** Windows of 100 ms, one for each side of the subject. */
const windows = (...sides: LoadSide[]): LoadRecord[] =>
  sides.map((one, i) => ({
    t_ms: (i + 1) * 100,
    kind: "load",
    window_ms: 100,
    ...one,
    age_max_ms: null,
    vus: 100,
  }));

const due = (load: LoadRecord[]) => dueWindows(load, ARRIVALS).map(({ durations }) => durations);

Deno.test("an answer counts in the window of its request", () => {
  const load = windows(side([[1, 50]]), side([]), side([]), side([[2, 40], [240, 10]]));
  assertEquals(due(load), [[[1, 50]], [[240, 10]], [], [[2, 40]]]);
});

Deno.test("a dropped request waits for the next answer, then like the requests sent then", () => {
  const load = windows(side([[1, 50]]), side([], 30), side([], 50), side([[3, 50]]));
  assertEquals(due(load), [[[1, 50]], [[203, 30]], [[103, 50]], [[3, 50]]]);
});

Deno.test("a request dropped beside answers takes the median of the requests sent then", () => {
  assertEquals(due(windows(side([[9, 30], [40, 10]], 20))), [[[9, 50], [40, 10]]]);
});

Deno.test("a request dropped after the last answer waits until the journal ends", () => {
  assertEquals(due(windows(side([[1, 50]]), side([], 50), side([], 50), side([]))), [
    [[1, 50]],
    [[200, 50]],
    [[100, 50]],
    [],
  ]);
});

Deno.test("the control is corrected by the same rule, and keeps its other fields", () => {
  const stalls = [side([[1, 50]]), side([], 30), side([[3, 50]])];
  const load = windows(side([[1, 50]]), side([[1, 50]]), side([[1, 50]]))
    .map((window, i) => ({ ...window, control: stalls[i] }));
  assertEquals(dueWindows(load, ARRIVALS).map(({ control }) => control), [
    stalls[0],
    { ...stalls[1], durations: [[103, 30]] },
    stalls[2],
  ]);
});

Deno.test("a stall of 900 ms owes every request that was due in it", () => {
  // 100 connections wait, 350 requests are dropped, and all answers arrive at once.
  const waiting = [[720, 50], [820, 50]] as const;
  const stalled = windows(
    ...[side([]), side([])],
    ...Array.from({ length: 7 }, () => side([], 50)),
    side([[2, 50], ...waiting]),
  );
  const counts = due(stalled).map((durations) => durations.reduce((sum, [, n]) => sum + n, 0));
  assertEquals(counts, [0, 50, 100, 50, 50, 50, 50, 50, 50, 50]);
});

Deno.test("requestsDue is the rate by the length, or the waves by their users", () => {
  const span = { from_ms: 1000, to_ms: 3000 };
  assertEquals(requestsDue(ARRIVALS, span), 1000);
  assertEquals(requestsDue({ profile: "arrival", env: {} }, span), 2000);
  assertEquals(requestsDue({ profile: "waves", env: { VUS: "20", WAVE_MS: "100" } }, span), 400);
  assertEquals(requestsDue({ profile: "soak", env: {} }, span), null);
});
