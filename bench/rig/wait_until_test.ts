import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { waitUntil } from "./wait_until.ts";

Deno.test("waitUntil() tries again after null and after an error, and gives the first value", async () => {
  let attempts = 0;
  const value = await waitUntil("a value", 5_000, () => {
    attempts++;
    if (attempts === 1) return Promise.reject(new Error("not yet"));
    return Promise.resolve(attempts < 3 ? null : "there");
  }, 0);
  assertEquals([value, attempts], ["there", 3]);
});

Deno.test("waitUntil() names what never came, and why", async () => {
  const cause = new Error("refused");
  const error = await assertRejects(() =>
    waitUntil("a miracle", 1, () => Promise.reject(cause), 0)
  );
  assertInstanceOf(error, Error);
  assertEquals([error.message, error.cause], ["Waited 1 ms for a miracle in vain", cause]);
});
