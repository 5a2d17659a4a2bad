import { assertEquals, assertStringIncludes } from "@std/assert";

/** Runs one of the programs to its end. */
async function run(script: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-all", new URL(script, import.meta.url).href, ...args],
    cwd: new URL("..", import.meta.url),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("bench:serve --help tells the options and measures nothing", async () => {
  const { code, stdout } = await run("./serve.ts", "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno task bench:serve");
});

Deno.test("bench:serve refuses an unknown figure with one line and exit code 64", async () => {
  const { code, stdout, stderr } = await run("./serve.ts", "--only", "x");
  assertEquals([code, stdout], [64, ""]);
  assertEquals(
    stderr,
    '--only x: must be of a,b,c,d,e,f,g,h, got "x" (--help tells the options)\n',
  );
});

Deno.test("bench:parse refuses what it does not know with exit code 64", async () => {
  const { code, stderr } = await run("./parse.ts", "--rounds", "0");
  assertEquals(code, 64);
  assertStringIncludes(stderr, "--rounds 0: must be a whole number 1–100");
});
