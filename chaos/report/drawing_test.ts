import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readRun } from "../judge/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { edit, insert, simulate, timesOf } from "../testing/journal.ts";
import { CHART, chart, ticks, timeScale } from "./chart.ts";
import { EVENTS_MAX, eventsOf } from "./events.ts";
import { markup } from "./markup.ts";
import { type Series, seriesOf } from "./series.ts";
import { columnOf, sparkline } from "./sparkline.ts";

Deno.test("ticks are 1, 2 or 5 times a power of ten and about as many as requested", () => {
  assertEquals(ticks(0, 9, 5), [0, 2, 4, 6, 8]);
  assertEquals(ticks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
  assertEquals(ticks(3.2, 9.9, 4), [4, 6, 8]);
  assertEquals(ticks(5, 5, 4), [5]);
});

Deno.test("timeScale clamps to the edges of the plot", () => {
  const x = timeScale({ from_ms: 1000, to_ms: 3000 });
  const right = CHART.width - CHART.right;
  assertEquals([x(1000), x(3000), x(0), x(9999)], [CHART.left, right, CHART.left, right]);
  assertEquals(x(2000), (CHART.left + right) / 2);
});

Deno.test("sparkline takes the largest of each column and leaves gaps blank", () => {
  const span = { from_ms: 0, to_ms: 400, columns: 4 };
  const points = [[0, 1], [50, 8], [60, 2], [150, 4], [350, 0]].map(([t_ms, value]) => ({
    t_ms,
    value,
  }));
  assertEquals(sparkline(points, span), "█▄ ▁");
  assertEquals(sparkline(points, { ...span, hold_ms: 250 }), "█▄▄▁");
  assertEquals(sparkline(points, { ...span, hold_ms: 199 }), "█▄ ▁");
  assertEquals(sparkline([], span), "    ");
  assertEquals(columnOf(401, span), null);
  assertEquals(columnOf(400, span), 3);
});

const SERIES: Series = {
  name: "age",
  title: "Age",
  unit: "ms",
  points: [{ t_ms: 0, value: 100 }, { t_ms: 10, value: null }, { t_ms: 20, value: 300 }],
  bounds: [{ from_ms: 0, to_ms: 20, value: 200, text: "poll" }],
  stepped: false,
};
const CONTEXT = { from_ms: 0, to_ms: 20, faults: [], decided_by: null };

Deno.test("chart interrupts its line without data, and labels its largest value", () => {
  const text = chart(SERIES, CONTEXT).toString();
  const path = text.match(/class="measured" d="([^"]*)"/)![1];
  assertEquals(path.match(/M/g)?.length, 2);
  assertMatch(text, /aria-label="Age: at most 300 ms, at 0.0 s; predicted 200 ms"/);
});

Deno.test("chart of an empty series reports no data", () => {
  const text = chart({ ...SERIES, points: [], bounds: [] }, CONTEXT).toString();
  assertStringIncludes(text, "Age: no data");
  assertEquals(text.includes("NaN"), false);
});

Deno.test("chart marks the deciding sample with its text", () => {
  const decided_by = { t_ms: 20, text: "an answer" };
  assertStringIncludes(
    chart(SERIES, { ...CONTEXT, decided_by }).toString(),
    "<title>0.0 s: an answer</title>",
  );
});

Deno.test("chart draws the control as a second line, and windows as dots below the top", () => {
  const points = [{ t_ms: 0, value: 4 }, { t_ms: 20, value: 4 }];
  const series = { ...SERIES, points, bounds: [], control: points };
  const dots = [...Array.from({ length: 30 }, (_, i) => ({ t_ms: i, value: 5 }))];
  const text = chart({ ...series, dots: [...dots, { t_ms: 10, value: 900 }] }, CONTEXT).toString();
  assertEquals(text.match(/class="control" d="M[^"]+L[^"]+"/g)?.length, 1);
  assertEquals(text.match(/class="dot"/g)?.length, 21 + 1);
  // The axis ends at the other dots, not at the outlier.
  const ticks = [...text.matchAll(/>(\d+) ms<\/text>/g)].map(([, value]) => Number(value));
  assertEquals(Math.max(...ticks), 4);
});

Deno.test("p95 is drawn as judged: one value for each segment, of both sides", () => {
  const run = readRun(simulate({ p95At: (t_ms, on) => t_ms % 500 === 0 ? 20 : on ? 5 : 3 }))!;
  const { points, control, dots } = seriesOf(run).find(({ name }) => name === "p95")!;
  const values = (line: typeof points = []) => line.map(({ value }) => value);
  assertEquals(values(points), [20, 20, null, 20, 20, null, 20, 20, null]);
  assertEquals(values(control), [1, 1, null, 1, 1, null, 1, 1, null]);
  assertEquals(new Set(values(dots)), new Set([20, 5, 3]));
});

Deno.test("eventsOf merges repeated events into a row with their count", () => {
  const errors = eventsOf(simulate()).filter(({ source }) => source === "subject");
  assertEquals(errors.length, 1);
  assertMatch(errors[0].text, /^poll.error cause=refused .*\(10 of these until 10.7 s\)$/);
});

Deno.test("eventsOf leaves out the middle of a long list, with a note", () => {
  const many = insert(
    simulate(),
    ...Array.from({ length: 500 }, (_, i) => ({
      t_ms: 1000 + i,
      kind: "log" as const,
      process: `p${"abc"[i % 3]}`,
      line: { event: "x" },
    })),
  );
  const events = eventsOf(many);
  assertEquals(events.length, EVENTS_MAX + 1);
  assertMatch(events[EVENTS_MAX / 2].text, /^\d+ events left out; run.ndjson has them all$/);
});

Deno.test("eventsOf marks troubles, failed faults and warnings", () => {
  const failed = edit(simulate(), "fault", (fault) => ({ ...fault, error: "no such proxy" }));
  assertEquals(eventsOf(failed).filter(({ bad }) => bad).length, 2);
});

Deno.test("markup escapes text and attributes, keeps markup, and drops control characters", () => {
  assertEquals(
    markup`<b title="${'"'}">${"<i>"}${markup`<u>${1}</u>`}${null}${["&", "'"]}</b>`.toString(),
    '<b title="&#34;">&#60;i&#62;<u>1</u>&#38;&#39;</b>',
  );
  assertEquals(markup`${"a\u0000\u001b[1m\ud800"}`.toString(), "a\ufffd\ufffd[1m\ufffd");
});

/** Times of non-empty error columns, in ms, from the baseline on. */
const errorsIn = (records: readonly JournalRecord[]) =>
  seriesOf(readRun(records)!).find(({ name }) => name === "errors")!.points
    .filter(({ t_ms, value }) => t_ms >= timesOf().baseline && (value ?? 0) > 0).map(({ t_ms }) =>
      t_ms
    );

Deno.test("seriesOf counts a 200 without its value as an error, at the time of the response", () => {
  assertEquals(errorsIn(simulate()), []);
  const emptied = edit(
    simulate(),
    "probe",
    (probe) => probe.t_ms === 8050 ? { ...probe, value: null } : probe,
  );
  assertEquals(errorsIn(emptied), [8000]);
});

Deno.test("seriesOf counts no probe of the subject's own state as an error", () => {
  const unready = edit(
    simulate(),
    "probe",
    (probe) => probe.t_ms === 8050 ? { ...probe, probe: "readyz", status: 503 } : probe,
  );
  assertEquals(errorsIn(unready), []);
});
