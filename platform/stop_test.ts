import { assertEquals } from "@std/assert";
import { runModule, spawnModule } from "./testing/run_module.ts";

/** Starts a process that prints `ready`, then each signal it was told of. */
async function startWaiting(args: readonly string[] = []) {
  const child = spawnModule("testing/wait_for_stop.ts", { args });
  await child.stdin.close();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await lines.read()).value, "ready\n");
  async function end() {
    const { code, signal } = await child.status;
    await lines.cancel();
    await child.stderr.cancel();
    return { code, signal };
  }
  return { child, lines, end };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`onStopSignal resolves with ${signal}, and the process ends by itself`, async () => {
    const { child, lines, end } = await startWaiting();
    child.kill(signal);
    assertEquals((await lines.read()).value, `${signal}\n`);
    assertEquals(await end(), { code: 0, signal: null });
  });
}

for (const [second, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`A second signal, ${second}, ends the process at once with ${code}`, async () => {
    const { child, lines, end } = await startWaiting(["--never-end"]);
    child.kill("SIGTERM");
    assertEquals((await lines.read()).value, "SIGTERM\n");
    child.kill(second);
    assertEquals((await end()).code, code);
  });
}

Deno.test("onStopSignal alone does not keep a process alive", async () => {
  assertEquals(await runModule("testing/wait_for_stop.ts", { args: ["--do-not-wait"] }), {
    code: 0,
    stdout: "ready\n",
    stderr: "",
  });
});
