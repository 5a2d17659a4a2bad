import { assertEquals, assertRejects } from "@std/assert";
import { firstValue, pause, until, within } from "./waiting.ts";

Deno.test("pause() ends at its time or at the first aborted signal", async () => {
  const stop = new AbortController();
  const paused = pause(60_000, stop.signal, new AbortController().signal);
  stop.abort();
  await paused;
  await pause(60_000, AbortSignal.abort());
  await pause(0);
  await pause(1);
});

Deno.test("until() resolves with the first value, 0 included", async () => {
  let looks = 0;
  const look = () => ++looks === 3 ? 0 : looks === 2 ? false : null;
  assertEquals(await until("zero", look, { look_every_ms: 0 }), 0);
  assertEquals(looks, 3);
});

Deno.test("until() names the awaited state and the deadline", async () => {
  await assertRejects(
    () => until("a state", () => false, { wait_ms_max: 1, look_every_ms: 1 }),
    Error,
    "timed out after 1 ms waiting for a state",
  );
});

Deno.test("until() with retry_errors retries errors and names the last one as the cause", async () => {
  let looks = 0;
  const flaky = () => {
    if (++looks < 3) throw new Error("not yet");
    return "there";
  };
  await assertRejects(() => until("it", flaky), Error, "not yet");
  assertEquals(await until("it", flaky, { look_every_ms: 0, retry_errors: true }), "there");
  const cause = new Error("refused");
  const never = () => Promise.reject(cause);
  const options = { wait_ms_max: 1, look_every_ms: 1, retry_errors: true };
  const error = await assertRejects(() => until("a miracle", never, options), Error);
  assertEquals(error.message, "timed out after 1 ms waiting for a miracle");
  assertEquals(error.cause, cause);
});

Deno.test("firstValue() is undefined once its signal aborts", async () => {
  assertEquals(await firstValue(() => null, { signal: AbortSignal.abort() }), undefined);
});

Deno.test("within() passes on the value or error and limits the time", async () => {
  assertEquals(await within("work", Promise.resolve(1)), 1);
  await assertRejects(() => within("work", Promise.reject(new Error("no"))), Error, "no");
  await assertRejects(
    () => within("work", new Promise(() => {}), 1),
    Error,
    "timed out after 1 ms waiting for work",
  );
});
