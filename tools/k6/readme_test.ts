/** Runs the commands of the runner's README. */
import { assert, assertEquals } from "@std/assert";
import { runProcess } from "../processes/mod.ts";
import { EXIT_CODES } from "./mod.ts";
import { LAUNCHER } from "./testing/launcher.ts";

const README = await Deno.readTextFile(new URL("README.md", import.meta.url));
const COMMANDS = [...README.matchAll(/^deno task k6 (.*)$/gm)].map(([, words]) => words.split(" "));

Deno.test("every command of the README runs its script to the end", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("ok"),
  );
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/load.js`, /```js\n(.*?)```/s.exec(README)![1]);
    const url = ["-e", `BASE_URL=http://127.0.0.1:${server.addr.port}/`];
    assert(COMMANDS.length >= 4);
    await Promise.all(COMMANDS.map(async (words) => {
      const args = [...LAUNCHER, ...words.slice(0, -1), ...url, words.at(-1)!];
      const { code, stdout, stderr } = await runProcess(args, { cwd: dir });
      const output = words.join(" ") + stdout + stderr;
      // A busy machine may miss the threshold on latency.
      assert(code === EXIT_CODES.ok || code === EXIT_CODES.thresholds_failed, output);
      assert(!output.includes("checks_succeeded") || output.includes("100.00%"), output);
    }));
    assert((await Deno.stat(`${dir}/samples.json`)).size > 0);
    assert((await Deno.stat(`${dir}/flat.json`)).size > 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
    await server.shutdown();
  }
});

Deno.test("the README lists every exit code", () => {
  const listed = [...README.matchAll(/^\| (\d+(?:, \d+)?) +\|/gm)].flatMap(([, codes]) =>
    codes.split(", ").map(Number)
  );
  assertEquals(listed.sort((a, b) => a - b), Object.values(EXIT_CODES).sort((a, b) => a - b));
});
