import { assert, assertEquals } from "@std/assert";
import { fetchReader } from "./source_reader.ts";
import { RawSource } from "./testing/raw_source.ts";
import { giveWay, PAUSE_MS, PAUSES_MS_MAX, WORK_SLICE_MS } from "./give_way.ts";

function run(pieces: readonly number[], pause_takes_ms = PAUSE_MS) {
  let now_ms = 1000;
  const pauses: number[] = [];
  const way = giveWay(() => now_ms, (duration_ms) => {
    pauses.push(duration_ms);
    now_ms += pause_takes_ms;
  });
  way.start();
  for (const work_ms of pieces) {
    now_ms += work_ms;
    way.afterPiece();
  }
  return { pauses, way, work: (ms: number) => now_ms += ms };
}

Deno.test("giveWay pauses once for each slice of work, not for each piece", () => {
  const tenth_ms = WORK_SLICE_MS / 10;
  assertEquals(run(Array(9).fill(tenth_ms)).pauses, []);
  assertEquals(run(Array(33).fill(tenth_ms)).pauses, [PAUSE_MS, PAUSE_MS, PAUSE_MS]);
});

Deno.test("giveWay does not wait for a body of one short piece", () => {
  assertEquals(run([WORK_SLICE_MS / 2]).pauses, []);
});

Deno.test("giveWay stops pausing after PAUSES_MS_MAX, and begins anew with the next body", () => {
  const overslept_ms = PAUSES_MS_MAX / 4;
  const { pauses, way, work } = run(Array(20).fill(2 * WORK_SLICE_MS), overslept_ms);
  assertEquals(pauses.length, 4);
  way.start();
  work(2 * WORK_SLICE_MS);
  way.afterPiece();
  assert(pauses.length === 5, "the next body is paused for again");
});

Deno.test("fetchReader gives way after each piece of a body, from its first one on", async () => {
  const rows = "sw,1\n".repeat(100_000);
  await using source = new RawSource(async (connection) => {
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${rows.length}\r\n\r\n${rows}`);
  });
  const client = Deno.createHttpClient({ http2: false });
  const calls: string[] = [];
  const way = { start: () => void calls.push("start"), afterPiece: () => void calls.push("after") };
  try {
    const request = { url: source.url, etag: null, timeout_ms: 5000, bytes_max: 1_000_000 };
    await fetchReader(client, () => 0, way)(request, () => ({
      push: () => void calls.push("piece"),
    }));
  } finally {
    client.close();
  }
  const [start, ...pieces] = calls;
  assertEquals(start, "start");
  assert(pieces.length > 2, `${pieces.length / 2} pieces`);
  assertEquals(pieces, Array.from(pieces, (_, i) => i % 2 === 0 ? "piece" : "after"));
});
