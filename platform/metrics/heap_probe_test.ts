import { assert, assertEquals } from "@std/assert";
import { HeapProbe } from "./heap_probe.ts";

Deno.test("HeapProbe tells another thread what this one's heap holds", () => {
  const probe = HeapProbe.create();
  const seen = HeapProbe.attach(probe.buffer);
  assertEquals([seen.used_bytes, seen.size_bytes, seen.external_bytes], [0, 0, 0]);
  probe.look();
  const before = seen.external_bytes;
  assert(seen.used_bytes > 1e6 && seen.size_bytes >= seen.used_bytes, `${seen.used_bytes} bytes`);
  const buffer = new Uint8Array(20e6);
  probe.look();
  assert(seen.external_bytes - before > 10e6, `${seen.external_bytes} after ${before} bytes`);
  assertEquals(buffer.length, 20e6);
});

Deno.test("HeapProbe looks at once and stops when told", () => {
  const probe = HeapProbe.create();
  probe.run()();
  assert(probe.used_bytes > 0);
});
