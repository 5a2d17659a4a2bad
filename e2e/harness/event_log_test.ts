import { assertEquals, assertRejects } from "@std/assert";
import { EventLog } from "./event_log.ts";

function logOf(...pieces: string[]): EventLog {
  return new EventLog(ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece))));
}

Deno.test("EventLog puts lines together however they were cut, and keeps what is no event apart", async () => {
  const log = logOf(
    '{"event":"a","n":1}\n{"ev',
    'ent":"a","n":2}\nno event\n\n{"event":"b"}\n{"cu',
    "t",
  );
  await log.ended;
  assertEquals(log.all("a").map(({ n }) => n), [1, 2]);
  assertEquals(log.events.length, 3);
  assertEquals(log.foreign, ["no event", "", '{"cut']);
});

Deno.test("EventLog.wait gives the first event that fits, from a mark on", async () => {
  const log = logOf('{"event":"a","n":1}\n', '{"event":"a","n":2}\n', '{"event":"a","n":3}\n');
  assertEquals((await log.wait("a")).n, 1);
  assertEquals((await log.wait("a", ({ n }) => n > 2)).n, 3);
  assertEquals((await log.wait("a", () => true, 1)).n, 2);
});

Deno.test("EventLog.wait gives up when stdout has ended, and shows what was there", async () => {
  const log = logOf('{"event":"a","n":1}\n');
  await assertRejects(
    () => log.wait("b"),
    Error,
    'no event b before stdout ended; last lines:\n{"event":"a"',
  );
});
