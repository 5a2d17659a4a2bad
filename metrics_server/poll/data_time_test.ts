import { assertEquals } from "@std/assert";
import { answerTimes, dataTime } from "./data_time.ts";
import { NOW_MS, timesOf } from "./testing/taker.ts";

/** 2023-11-14T22:13:20Z, a whole second. */
const DATE = new Date(NOW_MS).toUTCString();

type Pairs = [name: string, value: string][];

/** Age of the data when the head of an answer arrived, 40 ms after the request. */
function ageOf(...headers: Pairs): number {
  const times = answerTimes(new Headers(headers), NOW_MS + 100, NOW_MS + 140);
  return NOW_MS + 140 - dataTime(times).not_after_ms;
}

const ts = (age_ms: number): [string, string] => ["X-Snapshot-Ts", String(NOW_MS + 140 - age_ms)];

const AGES: [words: string, headers: Pairs, age_ms: number][] = [
  ["no header", [], 0],
  ["X-Snapshot-Ts", [ts(5000)], 5000],
  ["X-Snapshot-Ts ahead", [ts(-5000)], 0],
  ["X-Snapshot-Ts before X-Data-Age-Ms", [ts(5000), ["X-Data-Age-Ms", "9000"]], 5000],
  ["X-Data-Age-Ms, counted from the request", [["X-Data-Age-Ms", "9000"]], 9040],
  ["X-Data-Age-Ms 0", [["X-Data-Age-Ms", "0"]], 40],
  ["Age, counted from the request", [["Age", "30"]], 30_040],
  ["Age 0", [["Age", "0"]], 40],
  ["Age over an X-Snapshot-Ts that is younger", [ts(5000), ["Age", "30"]], 30_040],
  ["X-Snapshot-Ts over an Age that is younger", [ts(5000), ["Age", "2"]], 5000],
  ["Age and X-Data-Age-Ms in sum", [["X-Data-Age-Ms", "500"], ["Age", "30"]], 30_540],
  ["the Date of this second", [["Date", DATE]], 0],
  [
    "an old Date, to its last millisecond",
    [["Date", new Date(NOW_MS - 60_000).toUTCString()]],
    59_141,
  ],
  ["an old Date under an older Age", [
    ["Date", new Date(NOW_MS - 60_000).toUTCString()],
    ["Age", "90"],
  ], 90_040],
  ["a Date ahead", [["Date", new Date(NOW_MS + 60_000).toUTCString()]], 0],
  ["the Date of an unset clock", [["Date", "Thu, 01 Jan 1970 00:00:09 GMT"]], 0],
  ["a Date of a server that reuses it for a second", [
    ["Date", new Date(NOW_MS - 1000).toUTCString()],
  ], 0],
  ["a Date of RFC 850", [["Date", "Tuesday, 14-Nov-23 22:12:20 GMT"]], 59_141],
  ["a Date of asctime()", [["Date", "Tue Nov 14 22:12:20 2023"]], 59_141],
  ["a Date in another form", [["Date", "2023-11-14T20:00:00Z"]], 0],
  ["repeated Age: the first", [["Age", "30"], ["Age", "60"]], 30_040],
  ["repeated Age, the first invalid", [["Age", "x"], ["Age", "60"]], 0],
  ["repeated X-Snapshot-Ts: the oldest", [ts(1), ts(5000), ts(2)], 5000],
  ["repeated X-Data-Age-Ms: the oldest", [["X-Data-Age-Ms", "1"], ["X-Data-Age-Ms", "7"]], 47],
  ["an invalid X-Snapshot-Ts before X-Data-Age-Ms", [
    ["X-Snapshot-Ts", "soon"],
    ["X-Data-Age-Ms", "7"],
  ], 47],
];

for (const [words, headers, age_ms] of AGES) {
  Deno.test(`dataTime() dates an answer by ${words}`, () =>
    assertEquals(ageOf(...headers), age_ms));
}

Deno.test("dataTime() takes no slow answer for a cache's by its Date", () => {
  const date = new Date(NOW_MS - 1000).toUTCString();
  const times = answerTimes(new Headers([["Date", date]]), NOW_MS + 100, NOW_MS + 5000);
  assertEquals(dataTime(times).not_after_ms, NOW_MS + 5000);
});

const IGNORED = ["", "soon", "-5", "+5", "1e3", "5.5", "0x10", "NaN", "٣", "5 s", "∞"];

for (const name of ["X-Snapshot-Ts", "X-Data-Age-Ms", "Age", "Date"]) {
  Deno.test(`dataTime() ignores an invalid ${name}`, () => {
    const ascii = IGNORED.filter((text) => /^[ -~]*$/.test(text));
    for (const text of ascii) assertEquals(ageOf([name, text]), 0, text);
    if (name !== "X-Snapshot-Ts") return;
    for (const text of ["1700000000", "1700000000000000", "0"]) {
      assertEquals(ageOf([name, text]), 0);
    }
  });
}

Deno.test("dataTime() limits huge ages to 2001, which the next hop can read", () => {
  for (const name of ["Age", "X-Data-Age-Ms"]) {
    for (const text of ["9".repeat(15), "2147483648000"]) {
      assertEquals(NOW_MS + 140 - ageOf([name, text]), 1e12, `${name}: ${text}`);
    }
  }
  assertEquals(NOW_MS + 140 - ageOf(["Age", "9".repeat(400)]), 1e12);
});

Deno.test("dataTime() names what dates the data", () => {
  const source = (times: Parameters<typeof timesOf>[0]) => dataTime(timesOf(times)).source;
  assertEquals(
    [{}, { snapshot_ts: NOW_MS - 1, cache_age_ms: 5 }, { data_age_ms: 5 }, { cache_age_ms: 5 }]
      .map(source),
    ["fetch", "header", "age", "age"],
  );
});
