import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { parentGone } from "./parent_gone.ts";

Deno.test("parentGone resolves when the process has another parent, and not before", async () => {
  using time = new FakeTime();
  let ppid = 7;
  let is_gone = false;
  const gone = parentGone(() => ppid, 100).then(() => is_gone = true);
  await time.tickAsync(1_000);
  assertEquals(is_gone, false);
  ppid = 1;
  await time.tickAsync(100);
  assertEquals(is_gone, true);
  await gone;
});

Deno.test("parentGone takes init as a parent like any other, as in a container", async () => {
  using time = new FakeTime();
  let is_gone = false;
  let looks = 0;
  parentGone(() => (looks++, 1), 100).then(() => is_gone = true);
  await time.tickAsync(1_000);
  assertEquals([is_gone, looks], [false, 11]);
});
