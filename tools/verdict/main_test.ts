import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProcess } from "../processes/mod.ts";

async function run(input: string) {
  const command = [Deno.execPath(), "run", "--no-prompt", import.meta.resolve("./main.ts")];
  const { code, stdout, stderr } = await runProcess(command, { input });
  return { code, text: (code === 64 ? stderr : stdout).replaceAll(/ +/g, " ") };
}

const CLAIM = { name: "p95", unit: "ms", samples: [5, 5.2, 4.9], relation: "<=", bound: 7 };

const JUDGED: [change: object, code: number, text: string][] = [
  [{}, 0, "p95 5 ms ≤ 7 ms 4.90–5.20 holds"],
  [{ rivals: [1, 1.1, 1], bound: 2 }, 1, "p95 4.90 × ≤ 2 × 4.73–5 BROKEN"],
  [{ doubts: ["busy"] }, 2, "busy"],
  [{ samples: [] }, 2, "no samples"],
];

Deno.test("tools/verdict/main.ts prints the check and exits with its verdict", async () => {
  for (const [change, code, text] of JUDGED) {
    const output = await run(JSON.stringify({ ...CLAIM, ...change }));
    assertEquals(output.code, code, output.text);
    assertStringIncludes(output.text, text);
  }
});

const REFUSED: [change: object | null, message: string][] = [
  [null, "stdin must be JSON"],
  [{ samples: ["5"] }, "samples must be a list of numbers"],
  [{ rivals: [1] }, "rivals must have 3 numbers, one per sample"],
  [{ relation: "<" }, 'relation must be "<=" or ">="'],
  [{ bound: "7" }, "bound must be a number"],
];

Deno.test("tools/verdict/main.ts refuses a wrong claim with exit code 64", async () => {
  for (const [change, message] of REFUSED) {
    const output = await run(change === null ? "{" : JSON.stringify({ ...CLAIM, ...change }));
    assertEquals(output.code, 64);
    assertStringIncludes(output.text, message);
  }
});
