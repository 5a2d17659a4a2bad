import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { applyChange } from "./changes.js";
import { readTable } from "./columns.js";
import {
  EventParser,
  FIRST_BYTE_MS_MAX,
  PartCollector,
  REST_MS,
  SILENCE_MS_MAX,
  type StreamEvent,
  StreamLoop,
} from "./stream_loop.js";
import { ServerClock } from "./server_clock.js";

Deno.test("EventParser returns each complete event, however the text is split", () => {
  const text = ': open\n\nid: 1\nevent: snapshot\ndata: {"a":1}\n\n: heartbeat\n\n' +
    'event: end\ndata: {"reason":"x"}\n\n';
  for (const size of [1, 7, text.length]) {
    const parser = new EventParser();
    const events: StreamEvent[] = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)));
    }
    assertEquals(events, [
      { event: "snapshot", data: '{"a":1}' },
      { event: "end", data: '{"reason":"x"}' },
    ]);
  }
});

Deno.test("PartCollector joins an event with its parts, in order", () => {
  const parts = new PartCollector();
  const part = (event: string, id: string, more: string) =>
    parts.push({ event, data: `{"snapshot_id":"${id}","items":[]${more}}` });
  assertEquals(part("snapshot", "a", ""), {
    event: "snapshot",
    texts: ['{"snapshot_id":"a","items":[]}'],
  });
  assertEquals(part("change", "b", ',"more":true'), null);
  assertEquals(part("part", "b", ',"more":true'), null);
  assertEquals([part("part", "b", "")].map((whole) => [whole?.event, whole?.texts.length]), [
    ["change", 3],
  ]);
});

Deno.test("A table of several parts is that of one text, with exact digits", () => {
  const [x, y] = SNAPSHOT.slice(SNAPSHOT.indexOf('{"switch_id"'), -2).split("},");
  const head = SNAPSHOT.slice(0, SNAPSHOT.indexOf('{"switch_id"'));
  const parts = [`${head}${x}}],"more":true}`, `{"snapshot_id":"s-1","items":[${y}]}`];
  assertEquals(told(readTable(parts)), told(readTable([SNAPSHOT])));
});

const SNAPSHOT = `{"snapshot_id":"s-1","taken_ms":5,"fields":["a","b","c"],"items":[` +
  `{"switch_id":"x","a":1.25,"b":"up","c":18446744073709551615},` +
  `{"switch_id":"y","a":2,"b":null,"c":9007199254740993}]}`;
const ROWS = new Map([["x", 0], ["y", 1]]);

/** A table as text, with exact digits. */
function told(table: ReturnType<typeof readTable>) {
  return table.columns.map((column) =>
    table.ids.map((_, row) =>
      column.kind === "number"
        ? column.exact?.get(row) ?? String(column.values[row])
        : column.words[column.codes[row]] ?? null
    )
  );
}

function changed(items: string, previous_id = "s-1") {
  const before = readTable([SNAPSHOT]);
  const text =
    `{"snapshot_id":"s-2","taken_ms":9,"previous_id":"${previous_id}","items":[${items}]}`;
  const next = applyChange(before, ROWS, [text]);
  assertEquals(told(before), told(readTable([SNAPSHOT])), "the table before is changed");
  return next;
}

for (
  const [what, items, expected] of [
    ["nothing", "", [["1.25", "2"], ["up", null], ["18446744073709551615", "9007199254740993"]]],
    ["a number and a text", `{"switch_id":"y","a":7,"b":"down"}`, [
      ["1.25", "7"],
      ["up", "down"],
      ["18446744073709551615", "9007199254740993"],
    ]],
    ["values that are gone", `{"switch_id":"x","a":null,"b":null,"c":null}`, [
      ["NaN", "2"],
      [null, null],
      ["NaN", "9007199254740993"],
    ]],
    ["counters beyond 2^53", `{"switch_id":"x","c":7},{"switch_id":"y","c":9007199254740995}`, [
      ["1.25", "2"],
      ["up", null],
      ["7", "9007199254740995"],
    ]],
    ["a text beside a missing number", `{"switch_id":"x","a":null},{"switch_id":"y","a":"off"}`, [
      [null, "off"],
      ["up", null],
      ["18446744073709551615", "9007199254740993"],
    ]],
    ["a text among numbers", `{"switch_id":"y","a":"off"}`, [
      ["1.25", "off"],
      ["up", null],
      ["18446744073709551615", "9007199254740993"],
    ]],
  ] as const
) {
  Deno.test(`applyChange creates the next table for ${what} and keeps the previous`, () => {
    const next = changed(items);
    assertEquals(next?.snapshot_id, "s-2");
    assertEquals(told(next!) as unknown, expected);
  });
}

Deno.test("applyChange refuses a change of another snapshot, switch or column", () => {
  assertEquals(changed("", "s-0"), null);
  assertEquals(changed(`{"switch_id":"z","a":1}`), null);
  assertEquals(changed(`{"switch_id":"x","d":1}`), null);
});

Deno.test("ServerClock computes ages by the service's clock, never below 0", () => {
  const clock = new ServerClock();
  assertEquals(clock.ageOf(1_000, 4_000), 3_000);
  clock.seeDate(new Date(5_000).toUTCString(), 4_000);
  assertEquals(clock.ageOf(1_000, 4_000), 3_000, "the header has whole seconds");
  clock.seeDate(new Date(64_000).toUTCString(), 4_000);
  assertEquals(clock.ageOf(1_000, 4_000), 63_000);
  clock.seeAge(1_000, 61_234, 4_000);
  clock.seeDate(new Date(0).toUTCString(), 4_000);
  assertEquals([clock.ageOf(1_000, 4_000), clock.ageOf(9e6, 4_000)], [61_234, 0]);
});

/** A loop over a sequence of fake responses. */
function loopOver(answers: (() => Response | Promise<Response>)[]) {
  const seen = { events: [] as string[], ends: [] as boolean[], ids: [] as (string | null)[] };
  const loop = new StreamLoop(() => new URL("http://x/stream"), {
    fetch: async (_url, init) => {
      seen.ids.push(new Headers(init.headers).get("last-event-id"));
      const aborted = new Promise<never>((_, reject) =>
        init.signal!.addEventListener("abort", () => reject(new Error("aborted")))
      );
      aborted.catch(() => {});
      const response = await Promise.race([answers.shift()!(), aborted]);
      if (response.body === null) return response;
      // As in a browser, an abort also fails the body.
      const { readable, writable } = new TransformStream();
      response.body.pipeTo(writable, { signal: init.signal! }).catch(() => {});
      return new Response(readable, response);
    },
    now_ms: () => Date.now(),
    onEvent: ({ data }) => seen.events.push(data) > 0 && data !== "wrong",
    onEnd: ({ is_early }) => void seen.ends.push(is_early),
  });
  return { loop, seen };
}

/** A body that the test writes. */
function body() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  return {
    response: () => new Response(readable),
    write: (text: string) => void writer.write(new TextEncoder().encode(text)).catch(() => {}),
    close: () => void writer.close().catch(() => {}),
  };
}

const event = (name: string, data: string) => `event: ${name}\ndata: ${data}\n\n`;

/** Runs everything that is due. */
async function settle(time: FakeTime): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await time.tickAsync(0);
}

Deno.test("StreamLoop sends the held snapshot id and reopens after a stop", async () => {
  using time = new FakeTime();
  const [first, second] = [body(), body()];
  const { loop, seen } = loopOver([first.response, second.response]);
  first.write(": open\n\n" + event("snapshot", "1"));
  assertEquals(await loop.open(null), true);
  await settle(time);
  assertEquals([seen.events, await loop.open(null)], [["1"], true]);
  first.write(event("end", '{"reason":"stopping"}'));
  first.close();
  await settle(time);
  assertEquals([loop.is_open, seen.ends], [false, [false]]);
  second.write(": open\n\n");
  assertEquals(await loop.open("s-1"), true);
  assertEquals(seen.ids, [null, "s-1"]);
  loop.close();
  await settle(time);
  assertEquals([loop.is_open, seen.ends], [false, [false, false]]);
});

for (
  const [what, slug, rests] of [
    ["too many streams", "too-many-streams", true],
    ["a stream too wide", "stream-too-wide", true],
    ["no snapshot", "no-snapshot", false],
    ["a column that is gone", "unknown-field", false],
  ] as const
) {
  Deno.test(`StreamLoop refused for ${what} ${rests ? "pauses" : "retries at once"}`, async () => {
    using time = new FakeTime();
    const refuse = () => new Response(`{"type":"urn:x:${slug}"}`, { status: 503 });
    const { loop, seen } = loopOver([refuse, refuse]);
    assertEquals(await loop.open(null), false);
    assertEquals(await loop.open(null), false);
    assertEquals(seen.ids.length, rests ? 1 : 2);
    time.tick(REST_MS);
    if (rests) assertEquals([await loop.open(null), seen.ids.length], [false, 2]);
  });
}

Deno.test("StreamLoop closes a silent, short-lived or inconsistent stream", async () => {
  using time = new FakeTime();
  const silent = body();
  const { loop, seen } = loopOver([silent.response]);
  silent.write(": open\n\n");
  await loop.open(null);
  await time.tickAsync(SILENCE_MS_MAX - 1);
  assertEquals(loop.is_open, true);
  await time.tickAsync(1);
  await settle(time);
  assertEquals([loop.is_open, seen.ends], [false, [false]]);
  for (const text of [": open\n\n", event("change", "wrong")]) {
    const broken = body();
    const tried = loopOver([broken.response]);
    broken.write(text);
    if (text.startsWith(":")) broken.close();
    await tried.loop.open(null);
    await settle(time);
    assertEquals([tried.loop.is_open, tried.seen.ends], [false, [true]], text);
    assertEquals(await tried.loop.open(null), false);
  }
});

Deno.test("StreamLoop does not wait for a buffered first byte", async () => {
  using time = new FakeTime();
  const { loop } = loopOver([() => new Promise<Response>(() => {})]);
  const opened = loop.open(null);
  await time.tickAsync(FIRST_BYTE_MS_MAX);
  assertEquals(await opened, false);
  assert(!loop.is_open);
});
