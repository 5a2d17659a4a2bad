import { assertEquals } from "@std/assert";
import { within } from "../verdict/mod.ts";
import { startProcess } from "./start_process.ts";

/** Starts a program that starts a sleeping child, which holds the program's stdout open. */
async function start(then: string) {
  const module = new URL("./kill_with_parent.ts", import.meta.url).href;
  const program = `import { killWithParent } from ${JSON.stringify(module)};
const child = new Deno.Command("sleep", { args: ["60"], stdout: "inherit" }).spawn();
const watch = killWithParent(child.pid);
console.log("started");
${then}`;
  const parent = startProcess([Deno.execPath(), "eval", program], { stdout: "piped" });
  const output = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  /** The next line; null at the end. Two lines may come in one read. */
  const nextLine = async () => {
    while (!text.includes("\n")) {
      const { value } = await output.read();
      if (value === undefined) return null;
      text += value;
    }
    const [line] = text.split("\n");
    text = text.slice(line.length + 1);
    return line;
  };
  assertEquals(await nextLine(), "started");
  return { parent, nextLine, close: () => output.cancel() };
}

Deno.test("killWithParent() kills the child soon after its parent was killed", async () => {
  const { parent, nextLine, close } = await start("await child.status;");
  parent.kill("SIGKILL");
  await parent.ended;
  assertEquals(await within("the child to end", nextLine()), null);
  await close();
});

Deno.test("release() leaves the process alone, whose pid may belong to another by then", async () => {
  const { parent, nextLine, close } = await start(
    `await watch.release(); child.kill("SIGTERM"); console.log((await child.status).signal);`,
  );
  assertEquals(await nextLine(), "SIGTERM");
  assertEquals((await parent.ended).code, 0);
  await close();
});
