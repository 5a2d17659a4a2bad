import { assert, assertEquals } from "@std/assert";
import { STOP_REPEAT_MS } from "./stop.ts";
import { runModule, spawnModule } from "./testing/run_module.ts";

/** Starts a process that prints `ready`, then each signal it received. */
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
  /** Does nothing if the process has ended: its status resolves a moment later. */
  function send(signal: Deno.Signal) {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { child, send, lines, end };
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test(`onStopSignal resolves with ${signal}, and the process ends by itself`, async () => {
    const { send, lines, end } = await startWaiting();
    send(signal);
    assertEquals((await lines.read()).value, `${signal}\n`);
    assertEquals(await end(), { code: 0, signal: null });
  });
}

Deno.test("Simultaneous signals count as one", async () => {
  const { send, end } = await startWaiting();
  send("SIGINT");
  send("SIGTERM");
  assertEquals(await end(), { code: 0, signal: null });
});

for (const [second, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const) {
  Deno.test(`A second ${second} later ends the process at once with ${code}`, async () => {
    const { child, send, lines, end } = await startWaiting(["--never-end"]);
    const started_ms = performance.now();
    send("SIGTERM");
    assertEquals((await lines.read()).value, "SIGTERM\n");
    const again = setInterval(() => send(second), 50);
    const ended = await child.status;
    clearInterval(again);
    assertEquals(ended.code, code);
    assert(performance.now() - started_ms > STOP_REPEAT_MS);
    await end();
  });
}

Deno.test("onStopSignal alone does not keep a process alive", async () => {
  assertEquals(await runModule("testing/wait_for_stop.ts", { args: ["--do-not-wait"] }), {
    code: 0,
    stdout: "ready\n",
    stderr: "",
  });
});
