import { assertEquals } from "@std/assert";
import { startProcess } from "./start_process.ts";

/** Longest time between the end of a process and its child's end. */
const GONE_MS_MAX = 5_000;

/** Starts a program that starts a sleeping child, which holds the program's stdout open. */
async function start(then: string) {
  const module = new URL("./kill_with_parent.ts", import.meta.url).href;
  const program = `import { killWithParent } from ${JSON.stringify(module)};
const child = new Deno.Command("sleep", { args: ["60"], stdout: "inherit" }).spawn();
const watch = killWithParent(child.pid);
console.log("started");
${then}`;
  const parent = startProcess([Deno.execPath(), "eval", program], { stdout: "piped" });
  const lines = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await lines.read()).value, "started\n");
  return { parent, lines };
}

Deno.test("killWithParent() kills the child soon after its parent was killed", async () => {
  const { parent, lines } = await start("await child.status;");
  parent.kill("SIGKILL");
  await parent.ended;
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`alive after ${GONE_MS_MAX} ms`), GONE_MS_MAX);
  const gone = lines.read().then(({ done }) => done ? "gone" : "wrote");
  assertEquals(await Promise.race([gone, late]), "gone");
  clearTimeout(timer);
  await lines.cancel();
});

Deno.test("release() leaves the process alone, whose pid may belong to another by then", async () => {
  const { parent, lines } = await start(
    `await watch.release(); child.kill("SIGTERM"); console.log((await child.status).signal);`,
  );
  assertEquals((await lines.read()).value, "SIGTERM\n");
  assertEquals((await parent.ended).code, 0);
  await lines.cancel();
});
