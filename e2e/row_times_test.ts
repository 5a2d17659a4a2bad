/** Row times in each unit, and what is reported about times that cannot be read. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  FakeSource,
  getMetric,
  serve,
  startMetricsServer,
  stats,
  together,
  until,
} from "./harness/mod.ts";

const HOUR_MS = 3_600_000;
const TAKEN_MS = Math.floor(Date.now() / 1000) * 1000 - HOUR_MS;

const csvOf = (...times: string[]) =>
  `switch_id,m,timestamp\n${times.map((time, i) => `sw-${i},${i},${time}\n`).join("")}`;

/** An offset time of the same instant. */
const offset = `${new Date(TAKEN_MS + 2 * HOUR_MS).toISOString().slice(0, 19)}+02:00`;

const UNITS: [time: string, unit: string][] = [
  [`${TAKEN_MS / 1000}`, "s"],
  [`${TAKEN_MS / 1000}.000`, "s"],
  [`${TAKEN_MS}`, "ms"],
  [`${TAKEN_MS}000`, "us"],
  [`${TAKEN_MS}000000`, "ns"],
  [new Date(TAKEN_MS).toISOString(), "iso8601"],
  [new Date(TAKEN_MS).toISOString().replace("T", " ").toLowerCase(), "iso8601"],
  [offset, "iso8601"],
];

Deno.test("rows an hour old are an hour old in every unit, and not served as fresh", async (t) => {
  await using source = new FakeSource(serve({ body: csvOf(UNITS[0][0]) }));
  await using server = await startMetricsServer(source.url, { MAX_STALE_MS: 1_800_000 });
  for (const [step, [time, unit]] of UNITS.entries()) {
    await t.step(time, async () => {
      const rows = step + 2; // distinguishes this step's snapshot from the last one
      source.behavior = serve({ body: csvOf(...Array(rows).fill(time)) });
      await until(time, async () => (await stats(server)).sources[0].rows === rows);
      assertEquals((await stats(server)).sources[0].row_times?.unit, unit);
      const answer = await getMetric(server, "sw-0", "m");
      assertEquals([answer.status, answer.json().type.split(":").at(-1)], [503, "too-stale"]);
      assert(Math.abs(answer.json().age_ms - HOUR_MS) < 60_000, answer.text);
    });
  }
  assertEquals(server.log.all("poll.row_times"), []);
});

Deno.test("unreadable row times are one warning, shown in /stats, and logged again on a change", async () => {
  const mixed = [UNITS[0][0], UNITS[2][0]];
  await using source = new FakeSource(serve({ body: csvOf(...mixed) }));
  await using server = await startMetricsServer(source.url);
  const warning = await server.log.wait("poll.row_times");
  assertEquals([warning.level, warning.column, warning.problem], [
    "WARN",
    "timestamp",
    "mixed_units",
  ]);
  assertMatch(String(warning.detail), /^1 of 2 times have another unit than s, such as "\d{13}"/);
  const { time_source, row_times } = (await stats(server)).sources[0];
  assertEquals([time_source, row_times?.problem, row_times?.unit], ["fetch", "mixed_units", null]);
  source.behavior = serve({ body: csvOf(...mixed, UNITS[2][0]) });
  await until("a new snapshot", async () => (await stats(server)).sources[0].rows === 3);
  const warnings = server.log.all("poll.row_times");
  assertEquals(warnings.length, 1, "the unit of most is another, but the column stays unreadable");
  source.behavior = serve({ body: csvOf(UNITS[0][0]) });
  const solved = await server.log.wait("poll.row_times", ({ problem }) => problem === null);
  assertEquals([solved.level, solved.unit], ["INFO", "s"]);
  assertEquals((await stats(server)).sources[0].time_source, "rows");
});

Deno.test("TIME_COLUMN and TIME_UNIT choose the column and its unit", async (t) => {
  await using source = new FakeSource(serve({
    body: `switch_id,m,Seen at,timestamp\nsw-0,1,${TAKEN_MS},${Date.now() * 1000}\n`,
  }));
  await together(t, {
    "TIME_COLUMN in any case": async () => {
      await using server = await startMetricsServer(source.url, { TIME_COLUMN: "seen AT" });
      await server.log.wait("poll.run");
      assert((await getMetric(server, "sw-0", "m")).json().age_ms >= HOUR_MS);
    },
    "a TIME_COLUMN that the source lacks is a warning": async () => {
      await using server = await startMetricsServer(source.url, { TIME_COLUMN: "nope" });
      const { problem, detail } = await server.log.wait("poll.row_times");
      assertEquals([problem, detail], [
        "no_column",
        'TIME_COLUMN=nope is no column of "switch_id,m,Seen at,timestamp"',
      ]);
    },
    "another TIME_UNIT than the source's is a warning": async () => {
      await using server = await startMetricsServer(source.url, { TIME_UNIT: "S" });
      const { problem, detail } = await server.log.wait("poll.row_times");
      assertEquals(problem, "unreadable");
      assertMatch(String(detail), /^1 of 1 cells are no times in s, such as "\d{16}"/);
    },
  });
});
