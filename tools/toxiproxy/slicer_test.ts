/** The slicer in virtual time: sizes of its pieces and the times they leave at. */
import { assert, assertEquals } from "@std/assert";
import { STAGES } from "./toxics.ts";
import { VirtualStage } from "./testing/virtual_stage.ts";

Deno.test("slicer halves what is longer than average and variation, delay µs apart", () => {
  const one = new VirtualStage(STAGES.slicer, { average_size: 100, size_variation: 0, delay: 500 });
  one.push(1_000);
  one.stage.end();
  one.to(1_000);
  const sizes = one.out.slice(0, -1).map(([, bytes]) => bytes);
  assertEquals(sizes, [62, 63, 62, 63, 62, 63, 62, 63, 62, 63, 62, 63, 62, 63, 62, 63]);
  one.out.forEach(([at_ms], n) => assertEquals(at_ms, n * 0.5));
  assertEquals(one.out.at(-1), [8, "end"]);
});

for (const size_variation of [20, 99, 100]) {
  Deno.test(`slicer 100 ± ${size_variation} makes pieces of 1 to ${100 + size_variation} of every byte`, () => {
    const one = new VirtualStage(STAGES.slicer, { average_size: 100, size_variation, delay: 500 });
    one.push(32_768);
    one.to(10_000);
    const sizes = one.out.map(([, bytes]) => bytes as number);
    assertEquals(sizes.reduce((sum, bytes) => sum + bytes), 32_768);
    assert(Math.min(...sizes) >= 1 && Math.max(...sizes) <= 100 + size_variation);
    assert(new Set(sizes).size > 20);
  });
}

Deno.test("slicer waits its delay after each piece, however late the timer was", () => {
  const one = new VirtualStage(STAGES.slicer, { average_size: 10, size_variation: 0, delay: 100 });
  one.late_ms = 2;
  one.push(40);
  one.to(10);
  assertEquals(one.out, [[0, 10], [2.1, 10], [4.2, 10], [6.3, 10]]);
});

Deno.test("slicer of one byte with no variation makes a piece of every byte", () => {
  const one = new VirtualStage(STAGES.slicer, { average_size: 1, size_variation: 0, delay: 0 });
  one.push(300);
  one.to(1);
  assertEquals(one.out.length, 300);
});
