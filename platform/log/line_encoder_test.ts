import { assert, assertEquals } from "@std/assert";
import { EVENT_FIELDS } from "../../contracts/mod.ts";
import { LOG_BATCH_BYTES, LOG_LINE_BYTES_MAX } from "./limits.ts";
import { LineEncoder } from "./line_encoder.ts";
import { lineText } from "./line_text.ts";

const TS_MS = Date.UTC(2026, 0, 31, 23, 59, 59, 7);

function encoder(): LineEncoder {
  return new LineEncoder("svc", ["GetMetric", 'odd "name"\n']);
}

function taken(lines: LineEncoder): string {
  return new TextDecoder().decode(lines.take());
}

type Access = Parameters<LineEncoder["access"]>;

function access(...values: Access): string {
  const lines = encoder();
  lines.access(...values);
  return taken(lines);
}

Deno.test("An access line is exactly this text", () => {
  assertEquals(
    access(TS_MS, 0, 200, 0.214, 820, 97),
    '{"ts":"2026-01-31T23:59:59.007Z","level":"INFO","service":"svc","event":"http.access",' +
      '"endpoint":"GetMetric","status":200,"latency_ms":0.214,"age_ms":820,"bytes_sent":97}\n',
  );
});

Deno.test("An access line has the fields of the contract, in its order, labels last", () => {
  const label = new TextEncoder().encode(',"switch_id":"a","metric":"b"');
  const client = new TextEncoder().encode(',"client":"c","request_id":"d"');
  const line = JSON.parse(access(TS_MS, 0, 200, 1, 2, 3, label, client));
  assertEquals(Object.keys(line).slice(4), [...EVENT_FIELDS["http.access"]]);
  assertEquals([line.switch_id, line.client], ["a", "c"]);
});

Deno.test("An access line of a probe has the level DEBUG", () => {
  assertEquals(
    JSON.parse(access(TS_MS, 0, 200, 1, 2, 3, undefined, undefined, true)).level,
    "DEBUG",
  );
  assertEquals(JSON.parse(access(TS_MS, 0, 200, 1, 2, 3)).level, "INFO");
});

Deno.test("An access line leaves out each value that is not a number", () => {
  const fields = (...values: Access) => Object.keys(JSON.parse(access(...values))).slice(6);
  assertEquals(fields(TS_MS, 0, 200, NaN, 1, 2), ["age_ms", "bytes_sent"]);
  assertEquals(fields(TS_MS, 0, 200, 1, NaN, 2), ["latency_ms", "bytes_sent"]);
  assertEquals(fields(TS_MS, 0, 200, 1, 2, NaN), ["latency_ms", "age_ms"]);
  assertEquals(fields(TS_MS, 0, 304, Infinity, -Infinity, NaN), []);
});

const LATENCIES: [latency_ms: number, shown: string][] = [
  [0, "0"],
  [0.0004, "0"],
  [0.0005, "0.001"],
  [0.1, "0.1"],
  [0.12, "0.12"],
  [0.123, "0.123"],
  [0.1239, "0.124"],
  [0.02, "0.02"],
  [0.003, "0.003"],
  [0.9996, "1"],
  [1, "1"],
  [10.05, "10.05"],
  [99.999, "99.999"],
  [100, "100"],
  [2_147_483.647, "2147483.647"],
  [2_147_483.648, "2147483.648"],
  [1e12, "1000000000000"],
  [-0.5, "-0.5"],
];

Deno.test("latency_ms has at most three decimals and no zero at their end", () => {
  for (const [latency_ms, shown] of LATENCIES) {
    const line = access(TS_MS, 0, 200, latency_ms, NaN, NaN);
    assertEquals(line.split('"latency_ms":')[1], `${shown}}\n`);
  }
});

const WHOLE: [value: number, shown: string][] = [
  [0, "0"],
  [9, "9"],
  [10, "10"],
  [99, "99"],
  [100, "100"],
  [1_234_567_890, "1234567890"],
  [2 ** 31 - 1, "2147483647"],
  [2 ** 31, "2147483648"],
  [2 ** 53 - 1, "9007199254740991"],
  [0.5, "1"],
  [819.4, "819"],
  [-3, "-3"],
];

Deno.test("age_ms and bytes_sent are whole numbers", () => {
  for (const [value, shown] of WHOLE) {
    const line = access(TS_MS, 0, 200, NaN, value, value);
    assertEquals(line.split('"status":200')[1], `,"age_ms":${shown},"bytes_sent":${shown}}\n`);
  }
});

Deno.test("Any latency is written as the number rounded to thousandths", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0];
  let state = seed;
  for (let i = 0; i < 5_000; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const latency_ms = state / 2 ** (state & 31);
    const line = JSON.parse(access(TS_MS, 0, 200, latency_ms, NaN, NaN));
    assertEquals(line.latency_ms, Math.round(latency_ms * 1000) / 1000, `seed ${seed}`);
  }
});

Deno.test("Timestamps are right across milliseconds, seconds, years, and backwards", () => {
  const lines = encoder();
  const times = [
    TS_MS,
    TS_MS,
    TS_MS + 1,
    TS_MS + 993,
    TS_MS + 100,
    Date.UTC(1999, 11, 31, 23, 59, 59, 999),
    Date.UTC(2000, 0, 1),
    0,
    Date.UTC(9999, 11, 31, 23, 59, 59, 999),
    TS_MS + 0.75,
  ];
  times.forEach((ts_ms, index) => lines.access(ts_ms, index % 3, 200, 1, 2, 3));
  times.forEach((ts_ms) => lines.text(ts_ms, lineText("WARN", "svc", "x", {})));
  const shown = taken(lines).trimEnd().split("\n").map((line) => JSON.parse(line).ts);
  const expected = times.map((ts_ms) => new Date(ts_ms).toISOString());
  assertEquals(shown, [...expected, ...expected]);
});

Deno.test("An invalid time becomes 1970", () => {
  for (const ts_ms of [NaN, -1, Infinity, 1e17]) {
    assertEquals(JSON.parse(access(ts_ms, 0, 200, 1, 2, 3)).ts, "1970-01-01T00:00:00.000Z");
  }
});

Deno.test("Endpoint names are escaped; an unknown endpoint is called unknown", () => {
  assertEquals(JSON.parse(access(TS_MS, 1, 200, 1, 2, 3)).endpoint, 'odd "name"\n');
  for (const endpoint of [2, 65_535]) {
    assertEquals(JSON.parse(access(TS_MS, endpoint, 200, 1, 2, 3)).endpoint, "unknown");
  }
});

Deno.test("has_room becomes false while the longest line still fits", () => {
  const lines = encoder();
  const longest = new Uint8Array(LOG_LINE_BYTES_MAX - 30).fill(65);
  while (lines.has_room) lines.text(TS_MS, longest);
  assert(lines.length <= LOG_BATCH_BYTES && lines.length > LOG_BATCH_BYTES - LOG_LINE_BYTES_MAX);
  assertEquals(lines.take().length > 0 && lines.length === 0 && lines.has_room, true);
});
