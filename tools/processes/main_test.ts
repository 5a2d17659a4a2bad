import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProcess, startProcess } from "./start_process.ts";

const MAIN = [
  ...[Deno.execPath(), "run", "--no-check", "--allow-run", "--allow-net=127.0.0.1"],
  new URL("./main.ts", import.meta.url).href,
];

Deno.test("main.ts free-port prints a port that can be listened on", async () => {
  const { code, stdout } = await runProcess([...MAIN, "free-port"]);
  assertEquals(code, 0);
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: Number(stdout) });
});

Deno.test("main.ts run passes output and exit code of the program on", async () => {
  const program = `console.log("out"); console.error("err"); Deno.exit(5)`;
  const output = await runProcess([...MAIN, "run", Deno.execPath(), "eval", program]);
  assertEquals(output, { code: 5, stdout: "out\n", stderr: "err\n" });
});

Deno.test("main.ts run ends with 127 if the program cannot be started", async () => {
  const { code, stderr } = await runProcess([...MAIN, "run", "/nowhere/cache"]);
  assertEquals(code, 127);
  assertStringIncludes(stderr, "Cannot start /nowhere/cache: ");
});

Deno.test("main.ts refuses unknown arguments with its usage and exit code 64", async () => {
  for (const args of [[], ["start"], ["run"], ["run", "--low-priority"], ["free-port", "80"]]) {
    const { code, stderr } = await runProcess([...MAIN, ...args]);
    assertEquals([code, stderr.split("\n")[0]], [64, "Usage:"], args.join(" "));
  }
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`main.ts run ends its program if it gets ${signal}`, async () => {
    // The pause leaves time to start the watch.
    const program = ["sh", "-c", "sleep 0.3; echo up; exec sleep 60"];
    const wrapper = startProcess([...MAIN, "run", ...program], { stdout: "piped" });
    const output = wrapper.stdout.getReader();
    assert((await output.read()).value !== undefined);
    wrapper.kill(signal);
    // The stream ends when the last process that holds it has ended.
    assertEquals((await output.read()).done, true);
    assertEquals((await wrapper.ended).code, signal === "SIGTERM" ? 143 : 137);
  });
}
