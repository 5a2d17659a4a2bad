import { assertEquals, assertThrows } from "@std/assert";
import { excerpt, EXCERPT_LINE_CHARS_MAX } from "./excerpt.ts";
import { type LoadSample, readSample, SAMPLE_LINE_CHARS_MAX, SampleReader } from "./samples.ts";

const line = (metric: string, value: string) =>
  `{"metric":"${metric}","type":"Point","data":{"time":"2025-01-01T00:00:00.25+00:00",` +
  `"value":${value},"tags":{"status":"200"}}}`;

Deno.test("samples come out of k6's lines, whatever the pieces they come in", () => {
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
      { metric: "http_req_duration", epoch_ms, value: 1.25 },
      { metric: "data_age_ms", epoch_ms, value: 1000 },
      { metric: "http_req_failed", epoch_ms, value: 0 },
    ], `pieces of ${size}`);
  }
});

Deno.test("a line without a time or a value that can be read is no sample", () => {
  assertEquals(readSample(line("data_age_ms", "x")), null);
  assertEquals(readSample(line("data_age_ms", "1").replace("2025", "20x5")), null);
  assertEquals(readSample("{"), null);
});

Deno.test("a line without end is an error, not a growing buffer", () => {
  const reader = new SampleReader(() => {});
  assertThrows(
    () => reader.feed("x".repeat(SAMPLE_LINE_CHARS_MAX + 1)),
    Error,
    `a line is longer than ${SAMPLE_LINE_CHARS_MAX} characters`,
  );
});

Deno.test("what a hundred users complain of is told once, and a flood is cut", () => {
  assertEquals(excerpt("ERRO[0001] no url\nERRO[0002] no url\n\n"), "ERRO[0001] no url");
  assertEquals(excerpt("a\nb\nc\nd\ne"), "a; b; c; … and 2 more lines");
  assertEquals(excerpt("x".repeat(1_000)).length, EXCERPT_LINE_CHARS_MAX + 1);
  assertEquals(excerpt(" \n"), "(nothing)");
});
