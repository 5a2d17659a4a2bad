import { assert, assertEquals, assertThrows } from "@std/assert";
import { BUCKET_RATIO } from "../../journal/mod.ts";
import { bucketPercentile, countOf } from "../../judge/mod.ts";
import { excerpt } from "../messages.ts";
import {
  type LoadSample,
  LoadWindows,
  readSample,
  SampleReader,
  WINDOW_MS,
} from "./load_windows.ts";

const START = 1_700_000_000_000;
const duration = (t_ms: number, value: number) =>
  ({ metric: "http_req_duration", epoch_ms: START + t_ms, value, of_control: false }) as const;

Deno.test("LoadWindows puts a sample into its window, whose time is its end", () => {
  const windows = new LoadWindows(START);
  windows.add(duration(WINDOW_MS - 1, 1));
  windows.add(duration(WINDOW_MS, 2));
  windows.add({
    metric: "http_req_failed",
    epoch_ms: START + WINDOW_MS + 1,
    value: 1,
    of_control: false,
  });
  windows.add({
    metric: "http_req_failed",
    epoch_ms: START + WINDOW_MS + 1,
    value: 0,
    of_control: false,
  });
  windows.add({
    metric: "data_age_ms",
    epoch_ms: START + WINDOW_MS + 2,
    value: 800,
    of_control: false,
  });
  windows.add({
    metric: "data_age_ms",
    epoch_ms: START + WINDOW_MS + 2,
    value: 300,
    of_control: false,
  });
  const [first, second] = windows.close(2 * WINDOW_MS, 10, 0);
  assertEquals([first.t_ms, first.record.requests, first.record.failed], [WINDOW_MS, 1, 0]);
  assertEquals(first.record.age_max_ms, null);
  assertEquals([second.t_ms, second.record.failed, second.record.age_max_ms], [
    2 * WINDOW_MS,
    1,
    800,
  ]);
});

Deno.test("LoadWindows keeps the control's requests apart, and counts dropped ones", () => {
  const windows = new LoadWindows(START);
  const at = { epoch_ms: START + 10, of_control: true } as const;
  windows.add(duration(10, 1));
  windows.add(duration(WINDOW_MS, 1));
  windows.add({ metric: "dropped_iterations", ...at, value: 3 });
  windows.add({ metric: "http_req_duration", ...at, value: 0.02 });
  windows.add({ metric: "http_req_failed", ...at, value: 1 });
  windows.add({ metric: "dropped_iterations", ...at, of_control: false, value: 2 });
  const [{ record }, { record: next }] = windows.close(2 * WINDOW_MS, 10, 0);
  assertEquals([record.requests, record.failed, record.dropped], [1, 0, 2]);
  assertEquals(record.control, { requests: 1, failed: 1, durations: [[0.02, 1]], dropped: 3 });
  assertEquals([next.dropped, next.control], [undefined, {
    requests: 0,
    failed: 0,
    durations: [],
  }]);
});

Deno.test("LoadWindows without a control records null", () => {
  const windows = new LoadWindows(START);
  windows.add(duration(10, 1));
  assertEquals(windows.close(WINDOW_MS, 1, 0)[0].record.control, null);
});

Deno.test("LoadWindows waits for late samples, and counts later ones in the next window", () => {
  const windows = new LoadWindows(START);
  windows.add(duration(10, 1));
  assertEquals(windows.close(WINDOW_MS + 1_500 - 1, 1), []);
  windows.add(duration(20, 1));
  const [closed] = windows.close(WINDOW_MS + 1_500, 1);
  assertEquals(closed.record.requests, 2);
  windows.add(duration(30, 1));
  windows.add(duration(WINDOW_MS + 1, 1));
  const later = windows.close(3 * WINDOW_MS, 1, 0);
  assertEquals([closed, ...later].map(({ record }) => record.late), [undefined, 1, undefined]);
});

Deno.test("LoadWindows includes empty windows after the first request", () => {
  const windows = new LoadWindows(START);
  assertEquals(windows.close(60_000, 1), []);
  windows.add(duration(600 * WINDOW_MS, 1));
  windows.add(duration(603 * WINDOW_MS, 1));
  const closed = windows.close(604 * WINDOW_MS, 1, 0);
  assertEquals(closed.map(({ record }) => record.requests), [1, 0, 0, 1]);
});

Deno.test("bucket percentiles are at most 1 % too large and never too small", () => {
  const windows = new LoadWindows(START);
  const values = Array.from({ length: 1_000 }, (_, i) => 0.05 * 1.012 ** i);
  for (const value of values) windows.add(duration(10, value));
  const [{ record }] = windows.close(500, 1, 0);
  assertEquals(countOf(record.durations), 1_000);
  for (const p of [50, 95, 99]) {
    const exact = values[Math.ceil(p * 10) - 1];
    const estimate = bucketPercentile(record.durations, p);
    // Interpolation may fall on either neighbor of the exact rank.
    assert(
      estimate >= exact / 1.013 && estimate <= exact * 1.013 * BUCKET_RATIO,
      `p${p}: ${estimate}, ${exact}`,
    );
  }
});

Deno.test("LoadWindows drops windows that are incomplete when the load ends", () => {
  const windows = new LoadWindows(START);
  for (const t_ms of [10, WINDOW_MS + 10, 2 * WINDOW_MS + 10]) windows.add(duration(t_ms, 1));
  windows.end(2 * WINDOW_MS + 50);
  windows.end(9 * WINDOW_MS);
  assertEquals(windows.close(9 * WINDOW_MS, 1, 0).length, 2);
});

const line = (metric: string, value: string) =>
  `{"metric":"${metric}","type":"Point","data":{"time":"2025-01-01T00:00:00.25+00:00",` +
  `"value":${value},"tags":{"status":"200"}}}`;

Deno.test("SampleReader reads k6's lines from pieces of any size", () => {
  const text = [
    `{"type":"Metric","data":{"name":"http_req_duration"},"metric":"http_req_duration"}`,
    line("http_req_duration", "1.25"),
    line("http_req_waiting", "9"),
    line("data_age_ms", "1e3"),
    line("http_req_failed", "0"),
    "",
  ].join("\n");
  for (const size of [1, 7, 100, 10_000]) {
    const samples: LoadSample[] = [];
    const reader = new SampleReader((sample) => samples.push(sample));
    for (let at = 0; at < text.length; at += size) reader.feed(text.slice(at, at + size));
    const epoch_ms = Date.UTC(2025, 0, 1) + 250;
    assertEquals(samples, [
      { metric: "http_req_duration", epoch_ms, value: 1.25, of_control: false },
      { metric: "data_age_ms", epoch_ms, value: 1000, of_control: false },
      { metric: "http_req_failed", epoch_ms, value: 0, of_control: false },
    ], `pieces of ${size}`);
  }
});

Deno.test("readSample recognizes the control's samples by their tag", () => {
  const of = (scenario: string) =>
    readSample(
      line("http_req_failed", "0").replace('"tags":{', `"tags":{"scenario":"${scenario}",`),
    );
  assertEquals([of("control"), of("subject")].map((one) => one?.of_control), [true, false]);
});

Deno.test("readSample reads the answer in the metadata of a sample", () => {
  const metadata = { answer: '7 1 2 {"value":"}"}' };
  const with_answer = line("data_too_old", "0").replace(
    '"tags"',
    `"metadata":${JSON.stringify(metadata)},"tags"`,
  );
  assertEquals(readSample(with_answer)?.answer, metadata.answer);
  assertEquals(readSample(line("data_too_old", "0"))?.answer, undefined);
});

Deno.test("LoadWindows records the answers that it can read", () => {
  const windows = new LoadWindows(START);
  windows.readAnswer = (text) =>
    text === "?"
      ? null
      : { cell: 3, sent_ms: START + 1, age_ms: null, value: text, snapshot_id: "b-1" };
  const at = { metric: "data_too_old", epoch_ms: START + 2, value: 0, of_control: false } as const;
  for (const answer of ["7", "?", undefined]) windows.add({ ...at, answer });
  const [{ record }] = windows.close(WINDOW_MS, 1, 0);
  assertEquals(record.answers, [{
    ...{ snapshot_id: "b-1", first_ms: 2, sent_max_ms: 1, taken_max_ms: null },
    values: [[3, "7", 1]],
  }]);
});

Deno.test("readSample is null without a valid time and value", () => {
  assertEquals(readSample(line("data_age_ms", "x")), null);
  assertEquals(readSample(line("data_age_ms", "1").replace("2025", "20x5")), null);
  assertEquals(readSample("{"), null);
});

Deno.test("SampleReader rejects a line without end", () => {
  const reader = new SampleReader(() => {});
  assertThrows(
    () => reader.feed("x".repeat(65_536 + 1)),
    Error,
    `a line is longer than 65536 characters`,
  );
});

Deno.test("excerpt removes repeated lines and truncates long output", () => {
  assertEquals(excerpt("ERRO[0001] no url\nERRO[0002] no url\n\n"), "ERRO[0001] no url");
  assertEquals(excerpt("a\nb\nc\nd\ne"), "a; b; c; … and 2 more lines");
  assertEquals(excerpt("x".repeat(1_000)).length, 240 + 1);
  assertEquals(excerpt(" \n"), "(nothing)");
});
