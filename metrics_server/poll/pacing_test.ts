import { assert, assertEquals } from "@std/assert";
import { SourceClient } from "./source_client.ts";
import { fetchReader } from "./source_reader.ts";
import { RawSource } from "./testing/raw_source.ts";
import { paceWork } from "./pacing.ts";

const WORK_SLICE_MS = 0.1;
const PAUSE_MS = 1;
const PAUSES_MS_MAX = 500;

function run(chunks: readonly number[], pause_takes_ms = PAUSE_MS) {
  let now_ms = 1000;
  const pauses: number[] = [];
  const pacing = paceWork(() => now_ms, (duration_ms) => {
    pauses.push(duration_ms);
    now_ms += pause_takes_ms;
  });
  pacing.start();
  for (const work_ms of chunks) {
    now_ms += work_ms;
    pacing.pause();
  }
  return { pauses, pacing, work: (ms: number) => now_ms += ms };
}

Deno.test("paceWork() pauses once per 0.1 ms of work, not per chunk", () => {
  const tenth_ms = WORK_SLICE_MS / 10;
  assertEquals(run(Array(9).fill(tenth_ms)).pauses, []);
  assertEquals(run(Array(33).fill(tenth_ms)).pauses, [PAUSE_MS, PAUSE_MS, PAUSE_MS]);
});

Deno.test("paceWork() does not pause for a body of one short chunk", () => {
  assertEquals(run([WORK_SLICE_MS / 2]).pauses, []);
});

Deno.test("paceWork() stops pausing after 500 ms, and starts anew with the next body", () => {
  const overslept_ms = PAUSES_MS_MAX / 4;
  const { pauses, pacing, work } = run(Array(20).fill(2 * WORK_SLICE_MS), overslept_ms);
  assertEquals(pauses.length, 4);
  pacing.start();
  work(2 * WORK_SLICE_MS);
  pacing.pause();
  assert(pauses.length === 5, "no pause for the next body");
});

Deno.test("fetchReader() pauses after each chunk of a body, from the first on", async () => {
  const rows = "sw,1\n".repeat(100_000);
  await using source = new RawSource(async (connection) => {
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${rows.length}\r\n\r\n${rows}`);
  });
  using client = new SourceClient();
  const calls: string[] = [];
  const pacing = { start: () => void calls.push("start"), pause: () => void calls.push("pause") };
  const request = { url: source.url, etag: null, timeout_ms: 5000, bytes_max: 1_000_000 };
  await fetchReader(client.send, () => 0, pacing)(request, () => ({
    push: () => void calls.push("chunk"),
  }));
  const [start, ...chunks] = calls;
  assertEquals(start, "start");
  assert(chunks.length > 2, `${chunks.length / 2} chunks`);
  assertEquals(chunks, Array.from(chunks, (_, i) => i % 2 === 0 ? "chunk" : "pause"));
});
