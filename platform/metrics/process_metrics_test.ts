import { assert, assertEquals } from "@std/assert";
import { HeapProbe } from "./process_metrics.ts";

Deno.test("HeapProbe shows one thread's heap to another", () => {
  const probe = new HeapProbe();
  const seen = new HeapProbe(probe.cells);
  assertEquals([seen.used_bytes, seen.size_bytes, seen.external_bytes], [0, 0, 0]);
  probe.measure();
  const before = seen.external_bytes;
  assert(seen.used_bytes > 1e6 && seen.size_bytes >= seen.used_bytes, `${seen.used_bytes} bytes`);
  const buffer = new Uint8Array(20e6);
  probe.measure();
  assert(seen.external_bytes - before > 10e6, `${seen.external_bytes} after ${before} bytes`);
  assertEquals(buffer.length, 20e6);
});

Deno.test("HeapProbe.run() measures at once; the returned function stops it", () => {
  const probe = new HeapProbe();
  probe.run()();
  assert(probe.used_bytes > 0);
});
