import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { seededRandom } from "../vocabulary/mod.ts";
import { type Answer, headerOf } from "./answer.ts";
import { type Effect, effectOf } from "./effects.ts";
import { HTTP_FAULT_KINDS, readFault } from "./fault_kinds.ts";
import { bytes, text } from "./testing/bytes.ts";

const TAKEN_MS = 1_700_000_000_000;

/** Parameters of the kinds that need some. */
const PARAMS: Record<string, Record<string, number | string>> = {
  "http.status": { status: 500 },
  "http.slow_first_byte": { delay_ms: 100 },
  "http.slow_drip": { bytes_per_s: 10 },
  "http.cut_body": { share_kept: 0.5 },
  "http.wrong_length": { delta_bytes: 7 },
  "http.torn_rows": { share: 1 },
  "http.duplicate_rows": { share: 1 },
  "http.na_flood": { share: 1 },
  "http.removed_rows": { share: 1 },
  "http.clock_skew": { skew_ms: -5_000 },
  "http.oversized_body": { bytes: 1_000_000 },
  "http.bad_etag": { mode: "changing" },
};

function effect(kind: string, params = PARAMS[kind] ?? {}): Effect {
  return effectOf(readFault(kind, params), seededRandom(1));
}

function snapshot(sequence: number): Answer {
  return {
    status: 200,
    reason: "OK",
    headers: [["ETag", `"boot-${sequence}"`], ["X-Snapshot-Ts", String(TAKEN_MS + sequence)]],
    body: bytes(`switch_id,a,errors\nsw-0,1.5,${40 + sequence}\n`),
  };
}

function notModified(sequence: number): Answer {
  return { ...snapshot(sequence), status: 304, body: bytes("") };
}

for (const kind of HTTP_FAULT_KINDS) {
  Deno.test(`effectOf has an effect for ${kind}`, () => {
    const { delay_ms, framing, replace, change } = effect(kind);
    const is_changing = [0, 1].some((sequence) => change?.(snapshot(sequence), null) !== undefined);
    const is_harmful = delay_ms !== undefined || framing !== undefined || is_changing ||
      (replace?.() ?? null) !== null;
    assertEquals(is_harmful, true);
  });
}

for (const kind of ["torn_rows", "duplicate_column", "reorder_columns", "na_flood"]) {
  Deno.test(`http.${kind} changes the body and keeps the snapshot's headers`, () => {
    const { needs_body, change } = effect(`http.${kind}`);
    const changed = change!(snapshot(1), null)!;
    assertNotEquals(text(changed.body), text(snapshot(1).body));
    assertEquals(changed.headers, snapshot(1).headers);
    assertEquals(needs_body, true);
    assertEquals(change!({ ...snapshot(1), status: 500 }, null), null);
  });
}

Deno.test("http.removed_rows sends its rows under another ETag, so that they come back by a poll", () => {
  const { needs_body, change } = effect("http.removed_rows");
  const changed = change!(snapshot(1), null)!;
  assertEquals(text(changed.body), "switch_id,a,errors\n");
  assertEquals(headerOf(changed.headers, "etag"), '"rowsboot-1"');
  assertEquals([needs_body, change!(notModified(1), null)], [true, null]);
});

Deno.test("http.frozen_timestamp keeps the first timestamp for later data", () => {
  const { change } = effect("http.frozen_timestamp");
  assertEquals(change!(snapshot(1), null), null); // the first time is true
  const later = change!(snapshot(2), null)!;
  assertEquals(headerOf(later.headers, "x-snapshot-ts"), String(TAKEN_MS + 1));
  assertEquals(text(later.body), text(snapshot(2).body));
});

Deno.test("http.clock_skew shifts the time of a sample and of a 304", () => {
  const { change } = effect("http.clock_skew");
  for (const answer of [snapshot(1), notModified(1)]) {
    const time = headerOf(change!(answer, null)!.headers, "x-snapshot-ts");
    assertEquals(time, String(TAKEN_MS + 1 - 5_000));
  }
});

Deno.test("http.clock_skew shifts the rows' timestamps", () => {
  const body = bytes("timestamp,switch_id,a\n1700000000000000,x,1\n");
  const changed = effect("http.clock_skew").change!({ ...snapshot(1), body }, null)!;
  assertEquals(text(changed.body), "timestamp,switch_id,a\n1699999995000000,x,1\n");
});

Deno.test("http.counter_reset counts from 0", () => {
  const { change } = effect("http.counter_reset");
  const bodies = [1, 2].map((sequence) => text(change!(snapshot(sequence), null)!.body));
  assertEquals(bodies, ["switch_id,a,errors\nsw-0,1.5,0\n", "switch_id,a,errors\nsw-0,1.5,1\n"]);
});

Deno.test("http.bad_etag same_for_other returns 304 for changed data", () => {
  const { change } = effect("http.bad_etag", { mode: "same_for_other" });
  assertEquals(change!(snapshot(1), null), null);
  const unconditional = change!(snapshot(2), null)!;
  assertEquals([unconditional.status, headerOf(unconditional.headers, "etag")], [200, '"boot-1"']);
  const conditional = change!(snapshot(2), '"boot-1"')!;
  assertEquals([conditional.status, conditional.body.length], [304, 0]);
});

Deno.test("http.bad_etag changing returns a new ETag each time", () => {
  const { change } = effect("http.bad_etag", { mode: "changing" });
  const etags = [1, 1].map((sequence) =>
    headerOf(change!(snapshot(sequence), null)!.headers, "etag")
  );
  assertEquals(new Set(etags).size, 2);
});

Deno.test("http.bad_etag malformed returns an invalid ETag", () => {
  const { change } = effect("http.bad_etag", { mode: "malformed" });
  assertEquals(headerOf(change!(snapshot(1), null)!.headers, "etag"), 'snapshot 7, "half');
});

const STATUS = { status: 503, share: 1, burst: 1, first_n: 0, retry_after_s: 0 };

function hits(count: number, params: Partial<typeof STATUS>, seed = 1): boolean[] {
  const { replace } = effectOf(
    readFault("http.status", { ...STATUS, ...params }),
    seededRandom(seed),
  );
  return Array.from({ length: count }, () => replace!() !== null);
}

Deno.test("http.status returns its status, with Retry-After on demand", () => {
  const plain = effect("http.status", STATUS).replace!()!;
  assertEquals([plain.status, headerOf(plain.headers, "retry-after")], [503, null]);
  const later = effect("http.status", { ...STATUS, retry_after_s: 7 }).replace!()!;
  assertEquals(headerOf(later.headers, "retry-after"), "7");
});

Deno.test("http.status replaces the first first_n answers only", () => {
  assertEquals(hits(5, { first_n: 2, share: 1 }), [true, true, false, false, false]);
});

for (const [share, burst] of [[0.3, 1], [0.3, 5], [0.8, 10]]) {
  Deno.test(`http.status replaces a share of ${share}, in runs of ${burst}`, () => {
    const spoiled = hits(100_000, { share, burst }, 7);
    assertAlmostEquals(spoiled.filter(Boolean).length / spoiled.length, share, 0.02);
    const runs = spoiled.map((hit) => hit ? "x" : ".").join("").split(/\.+/).slice(1, -1);
    assertEquals(runs.every(({ length }) => length % burst === 0), true);
  });
}

Deno.test("http.status replaces the same answers for the same seed", () => {
  assertEquals(hits(100, { share: 0.5 }, 3), hits(100, { share: 0.5 }, 3));
  assertEquals(`${hits(100, { share: 0.5 }, 3)}` === `${hits(100, { share: 0.5 }, 4)}`, false);
});

Deno.test("http.html returns a page with status 200", () => {
  const { status, headers, body } = effect("http.html").replace!()!;
  assertEquals(status, 200);
  assertEquals(headerOf(headers, "content-type"), "text/html; charset=utf-8");
  assertEquals(text(body)!.startsWith("<!doctype html>"), true);
});
