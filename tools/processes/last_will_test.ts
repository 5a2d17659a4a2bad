import { assertEquals } from "@std/assert";
import { startProgram } from "./testing/start_program.ts";

/** Longest time between the end of a process and that of what it has started. */
const GONE_MS_MAX = 5_000;

const MOD = new URL("./mod.ts", import.meta.url).href;

/** Starts a program that starts one which does nothing for long and holds its stdout open. */
async function start(then: string) {
  const program = `import { endWithUs } from ${JSON.stringify(MOD)};
const child = new Deno.Command("sleep", { args: ["60"], stdout: "inherit" }).spawn();
const will = endWithUs(child.pid);
console.log("started");
${then}`;
  const { process: parent, lines } = await startProgram(program);
  assertEquals((await lines.read()).value, "started\n");
  return { parent, lines };
}

Deno.test("what a process has started is gone soon after it was killed", async () => {
  const { parent, lines } = await start("await child.status;");
  parent.kill("SIGKILL");
  await parent.status;
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`alive after ${GONE_MS_MAX} ms`), GONE_MS_MAX);
  const gone = lines.read().then(({ done }) => done ? "gone" : "wrote");
  assertEquals(await Promise.race([gone, late]), "gone");
  clearTimeout(timer);
  await lines.cancel();
});

Deno.test("a will that is revoked leaves the process alone, whose pid may be another's by then", async () => {
  const { parent, lines } = await start(
    `await will.revoke(); child.kill("SIGTERM"); console.log((await child.status).signal);`,
  );
  assertEquals((await lines.read()).value, "SIGTERM\n");
  assertEquals((await parent.status).code, 0);
  await lines.cancel();
});
