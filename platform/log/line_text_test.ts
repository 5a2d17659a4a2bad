import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LOG_LINE_BYTES_MAX } from "./limits.ts";
import { LINE_START, lineText, TIMESTAMP_CHARS } from "./line_text.ts";

const TS = "2026-01-31T23:59:59.999Z";

function text(fields: Record<string, unknown>, event = "test.event"): string {
  return new TextDecoder().decode(lineText("INFO", "svc", event, fields));
}

/** The whole line, as a reader parses it. */
function parsed(fields: Record<string, unknown>, event?: string): Record<string, unknown> {
  return JSON.parse(LINE_START + TS + text(fields, event));
}

Deno.test("lineText writes level, service, event, the fields in order, and one newline", () => {
  assertEquals(
    text({ b: 1, a: "x", c: null, d: [1, { e: true }] }),
    `","level":"INFO","service":"svc","event":"test.event","b":1,"a":"x","c":null,` +
      `"d":[1,{"e":true}]}\n`,
  );
});

Deno.test("lineText escapes characters that would break a line or JSON", () => {
  const nasty = '"\\\n\r\t\b\u0000\u001f\u2028\u{1F600}é';
  const line = text({ [nasty]: nasty }, nasty);
  assertEquals(line.indexOf("\n"), line.length - 1);
  assertEquals(parsed({ [nasty]: nasty }, nasty), {
    ts: TS,
    level: "INFO",
    service: "svc",
    event: nasty,
    [nasty]: nasty,
  });
});

Deno.test("lineText escapes a lone surrogate, so that the bytes are UTF-8", () => {
  assertStringIncludes(text({ a: "\ud800" }), '"a":"\\ud800"');
});

Deno.test("lineText leaves out undefined values and functions", () => {
  assertEquals(Object.keys(parsed({ a: undefined, b: () => 1, c: 0 })).slice(4), ["c"]);
});

Deno.test("lineText writes an error's name and message", () => {
  assertEquals(parsed({ error: new TypeError("bad") }).error, "TypeError: bad");
});

Deno.test("lineText replaces a value that is not JSON by the reason, and keeps the others", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const getter = {
    get x(): never {
      throw new Error("no\nway");
    },
  };
  const thrower = {
    toJSON() {
      throw "text";
    },
  };
  const line = parsed({ big: 1n, cycle, getter, thrower, after: 1 });
  assertEquals(line.big, "[not loggable: Do not know how to serialize a BigInt]");
  assertStringIncludes(String(line.cycle), "[not loggable: Converting circular structure");
  assertEquals(line.getter, "[not loggable: no]");
  assertEquals(line.thrower, "[not loggable: it threw]");
  assertEquals(line.after, 1);
});

Deno.test("lineText renames fields that every line has", () => {
  const line = parsed({ ts: 1, level: 2, service: 3, event: 4, fields_cut: 5 });
  assertEquals([line.ts, line.level, line.service, line.event], [TS, "INFO", "svc", "test.event"]);
  assertEquals([line.ts_, line.level_, line.service_, line.event_, line.fields_cut_], [
    1,
    2,
    3,
    4,
    5,
  ]);
});

Deno.test("lineText cuts and counts values without room, and keeps later fields", () => {
  const line = parsed({ before: 1, detail: "é".repeat(LOG_LINE_BYTES_MAX), list: [1], after: 2 });
  assertEquals(line.detail, `${"é".repeat(512)}…`);
  assertEquals([line.before, line.list, line.after, line.fields_cut], [1, [1], 2, 1]);
});

Deno.test("lineText does not cut inside a character", () => {
  const line = parsed({ detail: `x${"\u{1F600}".repeat(LOG_LINE_BYTES_MAX)}` });
  assertEquals(line.detail, `x${"\u{1F600}".repeat(255)}\ufffd…`);
});

Deno.test("lineText cuts a value that is not a text to the beginning of its JSON", () => {
  const line = parsed({ rows: Array(LOG_LINE_BYTES_MAX).fill(1) });
  assertEquals(line.rows, `${`[${"1,".repeat(512)}`.slice(0, 512)}…`);
  assertEquals(line.fields_cut, 1);
});

Deno.test("lineText never makes a line longer than its limit", () => {
  const many: Record<string, unknown> = {};
  for (let i = 0; i < 2_000; i++) many[`field_${i}`] = "x".repeat(i % 100);
  const cases = [
    many,
    { a: "x".repeat(LOG_LINE_BYTES_MAX - 150), b: "y".repeat(140), c: 1 },
    { ["k".repeat(100_000)]: "€".repeat(100_000) },
    { a: "\u0001".repeat(10_000) },
  ];
  for (const fields of cases) {
    const event = "e".repeat(10_000);
    const bytes = LINE_START.length + TIMESTAMP_CHARS +
      lineText("ERROR", "s".repeat(10_000), event, fields).length;
    assert(bytes <= LOG_LINE_BYTES_MAX, `${bytes} bytes`);
    assert(Number(parsed(fields, event).fields_cut) > 0);
  }
});

Deno.test("lineText fills a line up to its limit before it cuts", () => {
  const room = LOG_LINE_BYTES_MAX - 200;
  const line = parsed({ a: "x".repeat(room) });
  assertEquals([String(line.a).length, line.fields_cut], [room, undefined]);
});

Deno.test("lineText escapes what a terminal acts on, and keeps the value", () => {
  const id = "sw\u009b31m\u202e\u2028\ufeff-0 °C 漢";
  const line = new TextDecoder().decode(lineText("WARN", "s", "e", { id, [id]: 1 }));
  assertStringIncludes(line, String.raw`sw\u009b31m\u202e\u2028\ufeff-0 °C 漢`);
  assertEquals(JSON.parse(`{"ts":"${line}`)[id], 1);
  assertEquals(JSON.parse(`{"ts":"${line}`).id, id);
});
