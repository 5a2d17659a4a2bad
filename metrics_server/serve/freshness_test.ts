import { assertEquals } from "@std/assert";
import type { SourceStats } from "../../contracts/mod.ts";
import { FilledStore, TestServer } from "../testing/test_server.ts";
import { freshnessOf, type FreshnessRules } from "./freshness.ts";

const RULES: FreshnessRules = { fresh_bound_ms: 0, poll_ms: 1500, max_stale_ms: Infinity };
const CSV = "switch_id,a\nsw-0,1\n";

/** The verdict on data of this age, whose source has these intervals. */
function judge(age_ms: number, intervals_ms: readonly number[], rules = {}) {
  const { store } = new FilledStore().take(CSV, "b-1", 1_000_000).learn(intervals_ms);
  return freshnessOf(store.sources[0], { ...RULES, ...rules }, 1_000_000 + age_ms);
}

for (
  const [rules, intervals_ms, bound_ms, bound_from] of [
    [{}, [], null, null],
    [{}, [10_000], 21_500, "interval"],
    [{ max_stale_ms: 60_000 }, [], 60_000, "MAX_STALE_MS"],
    [{ max_stale_ms: 60_000 }, [10_000], 21_500, "interval"],
    [{ max_stale_ms: 15_000 }, [10_000], 15_000, "MAX_STALE_MS"],
    [{ fresh_bound_ms: 90_000 }, [10_000], 90_000, "FRESH_BOUND_MS"],
    [{ fresh_bound_ms: 5000, max_stale_ms: 15_000 }, [10_000], 5000, "FRESH_BOUND_MS"],
    [{ fresh_bound_ms: 90_000, max_stale_ms: 15_000 }, [10_000], 15_000, "MAX_STALE_MS"],
  ] as const
) {
  const set = JSON.stringify(rules).replaceAll('"', "");
  Deno.test(`With ${set} and intervals [${intervals_ms}] the bound is ${bound_ms}`, () => {
    const verdict = judge(0, intervals_ms, rules);
    assertEquals([verdict.bound_ms, verdict.bound_from], [bound_ms, bound_from]);
    if (bound_ms === null) return;
    const states = [bound_ms, bound_ms + 1].map((age) => judge(age, intervals_ms, rules).state);
    assertEquals(states, ["fresh", "stale"]);
  });
}

Deno.test("A source without data is none, whatever the bound", () => {
  const { store } = new FilledStore();
  assertEquals(freshnessOf(store.sources[0], { ...RULES, fresh_bound_ms: 1 }, 0).state, "none");
});

Deno.test("Static data an hour old is never fresh, without a bound or with one", async () => {
  const csv = await Deno.readTextFile(
    new URL("../../e2e/testdata/ufm_static.csv", import.meta.url),
  );
  const newest_ms = 1_764_000_000_000;
  const { store } = new FilledStore().take(csv, "b-1", newest_ms + 3_600_000);
  const states = (rules: FreshnessRules) =>
    [1, 2, 1000, 1e6].map((hours) =>
      freshnessOf(store.sources[0], rules, newest_ms + hours * 3_600_000).state
    );
  assertEquals(new Set(states(RULES)), new Set(["unknown"]));
  assertEquals(new Set(states({ ...RULES, fresh_bound_ms: 60_000 })), new Set(["stale"]));
});

/** A fabric of UFM's form, of which every 31st row hangs: 83 of 2,560. */
function hanging(now_ms: number): string {
  const rows = Array.from({ length: 2560 }, (_, row) => {
    const age_ms = row % 31 === 0 ? 800_000 + row : row % 1000;
    return `sw-${row},${(now_ms - age_ms) * 1000},${row}\n`;
  });
  return `switch_id,timestamp,m\n${rows.join("")}`;
}

const NOW_MS = 1_764_000_000_000;

async function sourceStats(tested: TestServer): Promise<SourceStats> {
  return (await tested.json("/stats")).body.sources[0];
}

Deno.test("/stats counts 83 hung rows of 2,560 while the newest row is fresh", async () => {
  const { store } = new FilledStore().take(hanging(NOW_MS), "b-1", NOW_MS).learn([10_000]);
  const tested = new TestServer(store);
  tested.now_ms = NOW_MS;
  const { freshness, rows_stale, age_ms, oldest_row_age_ms } = await sourceStats(tested);
  assertEquals([freshness.state, age_ms], ["fresh", 0]);
  assertEquals([rows_stale, oldest_row_age_ms], [83, 802_542]);
});

Deno.test("Rows are counted as stale exactly when their age exceeds the bound", async () => {
  const ages = [0, 1, 1000, 1000, 5000];
  const rows = ages.map((age, row) => `sw-${row},${NOW_MS - age},1\n`).join("");
  const filled = new FilledStore().take(`switch_id,timestamp,m\n${rows}sw-x,,1\n`, "b-1", NOW_MS);
  const tested = new TestServer(filled.store, { fresh_bound_ms: 1000 });
  for (
    const [later_ms, stale] of [[-1, 1], [0, 1], [1, 3], [999, 3], [1000, 4], [1001, 6]] as const
  ) {
    tested.now_ms = NOW_MS + later_ms;
    assertEquals((await sourceStats(tested)).rows_stale, stale, `${later_ms} ms later`);
  }
  filled.age(NOW_MS - 60_000);
  tested.now_ms = NOW_MS;
  assertEquals((await sourceStats(tested)).rows_stale, 6, "all are as old as the snapshot");
});

Deno.test("Rows without times of their own are as old as the snapshot", async () => {
  const { store } = new FilledStore().take(CSV, "b-1", 999_000);
  const tested = new TestServer(store, { fresh_bound_ms: 1000 });
  const counted = async (now_ms: number) => {
    tested.now_ms = now_ms;
    const { rows_stale, oldest_row_age_ms } = await sourceStats(tested);
    return [rows_stale, oldest_row_age_ms];
  };
  assertEquals(await counted(1_000_000), [0, 1000]);
  assertEquals(await counted(1_000_001), [1, 1001]);
  const unknown = new TestServer(new FilledStore().take(CSV, "b-1", 999_000).store);
  assertEquals((await sourceStats(unknown)).rows_stale, null);
});
