import { assertEquals } from "@std/assert";
import { loadChecks, type RefreshPass } from "./refresh_checks.ts";
import { round } from "../rig/testing/rounds.ts";

/** A core for each thread. */
const MACHINE = { cores: 4 };

/** Changed values, one per pass. */
type Change = { [K in keyof RefreshPass]?: RefreshPass[K][] };

function steady(change: Change = {}): RefreshPass[] {
  const of = (p99_ms: number) => round({ p99_ms, lag_p99_ms: 0.3 });
  return [0, 1, 2].map((i) => ({
    hold: change.hold?.[i] ?? of(2),
    refresh: change.refresh?.[i] ?? of(2.8),
    refreshes: change.refreshes?.[i] ?? [4, 4, 3][i],
    block_ms: change.block_ms?.[i] ?? [3, 6, 4][i],
  }));
}

function verdicts(passes: RefreshPass[], failed_polls = 0, doubts: string[] = []): string[] {
  return loadChecks(passes, 8, failed_polls, doubts, MACHINE).map(({ verdict }) => verdict);
}

Deno.test("loadChecks() holds for a steady load", () => {
  const checks = loadChecks(steady(), 8, 0, [], MACHINE);
  assertEquals(checks.map(({ verdict }) => verdict), ["holds", "holds", "holds", "holds"]);
  assertEquals(checks.map(({ value }) => value), [1.4, 4, 0, 0]);
});

Deno.test("loadChecks() breaks separately on p99, a block, an error and a failed poll", () => {
  const slow = [3.2, 3.2, 3.2].map((p99_ms) => round({ p99_ms, lag_p99_ms: 0.3 }));
  assertEquals(verdicts(steady({ refresh: slow })), ["broken", "holds", "holds", "holds"]);
  const blocked = steady({ block_ms: [10.1, 10.1, 10.2] });
  assertEquals(verdicts(blocked), ["holds", "broken", "holds", "holds"]);
  const blocked_once = steady({ block_ms: [3, 16, 4] });
  assertEquals(verdicts(blocked_once), ["holds", "holds", "holds", "holds"]);
  const wrong = steady();
  wrong[1].hold = { ...wrong[1].hold, bad: 1, bad_detail: "reset 1" };
  assertEquals(verdicts(wrong), ["holds", "holds", "broken", "holds"]);
  assertEquals(loadChecks(wrong, 8, 0, [], MACHINE)[2].name, "10,000/s: errors (reset 1)");
  assertEquals(verdicts(steady(), 1), ["holds", "holds", "holds", "broken"]);
});

Deno.test("loadChecks() is inconclusive with too few refreshes", () => {
  const unrefreshed = steady({ refreshes: [4, 2, 4] });
  assertEquals(verdicts(unrefreshed), ["inconclusive", "inconclusive", "holds", "holds"]);
  assertEquals(loadChecks(unrefreshed, 8, 0, [], MACHINE)[0].doubts, [
    "a round of 2 refreshes, fewer than 3",
  ]);
});

Deno.test("loadChecks() doubts a client with a high lag", () => {
  const hold = [2, 2, 2].map((p99_ms) => round({ p99_ms, lag_p99_ms: 5.2 }));
  assertEquals(loadChecks(steady({ hold }), 8, 0, [], MACHINE)[0].doubts, [
    "the client's own lag is 5.2 ms (p99) without refreshes",
  ]);
});

Deno.test("loadChecks() on a busy machine accepts a short block and doubts a long one", () => {
  const busy = ["busy"];
  assertEquals(verdicts(steady(), 0, busy), ["inconclusive", "holds", "holds", "holds"]);
  const blocked = steady({ block_ms: [50, 50, 50] });
  assertEquals(verdicts(blocked, 0, busy)[1], "inconclusive");
});

Deno.test("loadChecks() excuses less than a scheduler tick with too few cores", () => {
  const p99 = (refresh_ms: number, cores: number) => {
    const refresh = steady().map(({ hold }) => ({ ...hold, p99_ms: refresh_ms }));
    return loadChecks(steady({ refresh }), 8, 0, [], { cores })[0];
  };
  assertEquals(p99(6.9, 2).verdict, "inconclusive");
  assertEquals(p99(6.9, 2).doubts, [
    "4 busy threads on 2 cores wait for each other up to 4 ms; the p99 is 3.9 ms over its bound",
  ]);
  assertEquals([p99(7.1, 2), p99(6.9, 4), p99(3, 2)].map(({ doubts }) => doubts), [[], [], []]);
});

Deno.test("loadChecks() applies each doubt about the machine to its figure", () => {
  const slow = steady().map(({ hold }) => ({ ...hold, p99_ms: 9 }));
  const machine = { cores: 4, doubts: { p99: ["bare slowed"], block: ["bare stalled"] } };
  const checks = loadChecks(steady({ refresh: slow, block_ms: [50, 50, 50] }), 8, 0, [], machine);
  assertEquals(checks.map(({ doubts }) => doubts), [["bare slowed"], ["bare stalled"], [], []]);
});
