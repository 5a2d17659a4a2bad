import { assertEquals, assertThrows } from "@std/assert";
import { signalChild } from "./signal_child.ts";

function start(code: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "null" }).spawn();
}

Deno.test("signalChild ends a child that runs", async () => {
  const child = start("setInterval(() => {}, 1000)");
  signalChild(child, "SIGKILL");
  assertEquals((await child.status).signal, "SIGKILL");
});

Deno.test("signalChild does nothing where the child has ended already", async () => {
  const child = start("");
  assertEquals((await child.status).code, 0);
  signalChild(child, "SIGTERM");
});

Deno.test("signalChild lets every other error through", async () => {
  const child = start("setInterval(() => {}, 1000)");
  assertThrows(() => signalChild(child, "SIGNONE" as Deno.Signal), TypeError);
  signalChild(child, "SIGKILL");
  await child.status;
});
