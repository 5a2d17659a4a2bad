import { assertEquals, assertRejects } from "@std/assert";
import { EventLog } from "./event_log.ts";

function logOf(...chunks: string[]): EventLog {
  return new EventLog(ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk))));
}

Deno.test("EventLog joins lines cut anywhere and keeps other lines apart", async () => {
  const log = logOf(
    '{"event":"a","n":1}\n{"ev',
    'ent":"a","n":2}\nno event\n\n{"event":"b"}\n{"cu',
    "t",
  );
  await log.ended;
  assertEquals(log.all("a").map(({ n }) => n), [1, 2]);
  assertEquals(log.events.length, 3);
  assertEquals(log.foreign, ["no event", "", '{"cut']);
  assertEquals(log.unfinished, '{"cut');
});

Deno.test("EventLog.wait() returns the first matching event after a mark", async () => {
  const log = logOf('{"event":"a","n":1}\n', '{"event":"a","n":2}\n', '{"event":"a","n":3}\n');
  assertEquals((await log.wait("a")).n, 1);
  assertEquals((await log.wait("a", ({ n }) => n > 2)).n, 3);
  assertEquals((await log.wait("a", () => true, 1)).n, 2);
});

Deno.test("EventLog.wait() fails when stdout ends and quotes the last lines", async () => {
  const log = logOf('{"event":"a","n":1}\n');
  await assertRejects(
    () => log.wait("b"),
    Error,
    'no event b before stdout ended; last lines:\n{"event":"a"',
  );
});
