import { assertEquals } from "@std/assert";
import { nothingWatched, take } from "./protocol.ts";

Deno.test("take registers processes, folders and the mark, and unregisters on forget", () => {
  const watched = nothingWatched();
  const process = { pid: 7, start_ticks: 100 };
  take(watched, JSON.stringify({ tell: "process", process, name: "subject" }));
  take(watched, JSON.stringify({ tell: "process", process: { ...process, pid: 8 }, name: "b" }));
  take(watched, JSON.stringify({ tell: "forget", pid: 8 }));
  take(watched, JSON.stringify({ tell: "mark", name: "MARK", value: "x" }));
  assertEquals([...watched.processes], [[7, { identity: process, name: "subject" }]]);
  take(watched, JSON.stringify({ tell: "folder", path: "/tmp/a" }));
  assertEquals([...watched.folders], ["/tmp/a"]);
  assertEquals(watched.mark, { name: "MARK", value: "x" });
  assertEquals(watched.done, false);
});

Deno.test("take ignores a truncated line", () => {
  const watched = nothingWatched();
  take(watched, '{"tell":"process","pro');
  take(watched, '{"tell":"done"}');
  assertEquals([watched.processes.size, watched.done], [0, true]);
});
