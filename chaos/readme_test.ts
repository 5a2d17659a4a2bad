import { assert, assertEquals } from "@std/assert";
import { readArguments, USAGE } from "./cli/arguments.ts";
import { CI_SCENARIOS, scenarioNamed, SCENARIOS } from "./scenarios/mod.ts";

const README = await Deno.readTextFile(new URL("README.md", import.meta.url));
const PROJECT_README = await Deno.readTextFile(new URL("../README.md", import.meta.url));

Deno.test("every lab command of both READMEs can be run: words, flags and scenarios exist", () => {
  const lines = [...`${README}\n${PROJECT_README}`.matchAll(/^deno task chaos (.+?)(?:\s+#.*)?$/gm)]
    .map(([, words]) => words);
  assert(lines.length >= 9, lines.join("\n"));
  for (const line of lines) {
    const asked = readArguments(line.split(/\s+/));
    const names = asked.command === "run"
      ? asked.names
      : asked.command === "plan"
      ? [asked.name]
      : [];
    for (const name of names.filter((one) => !one.endsWith(".ts"))) {
      assert(scenarioNamed(name) !== undefined, `${line}: ${name}`);
    }
  }
});

Deno.test("every task the lab's README names is one of deno.json's", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  for (const [, name] of README.matchAll(/`(?:deno task )?((?:chaos|toxiproxy):\w+)`/g)) {
    assert(name in tasks, name);
  }
});

Deno.test("the README lists every scenario with its question, and which of them CI runs", () => {
  const rows = [...README.matchAll(/^\| `([\w-]+)`( ●)? +\| (.+?) +\|$/gm)]
    .map(([, name, ci, question]) => ({ name, ci: ci !== undefined, question }));
  const in_ci = new Set(CI_SCENARIOS);
  assertEquals(
    rows,
    SCENARIOS.map((one) => ({ name: one.name, ci: in_ci.has(one), question: one.question })),
  );
});

Deno.test("the README's test of another service and its scenario are those that are run", async () => {
  const blocks = [...README.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(([, code]) => code);
  assertEquals(blocks.length, 2);
  for (const [i, path] of ["mod_test.ts", "scenarios/connections.ts"].entries()) {
    const code = await Deno.readTextFile(new URL(path, import.meta.url));
    const block = blocks[i].replace(/;$/, "");
    assert(`${code}${code.replaceAll(/^ {2}/gm, "")}`.includes(block), `${path} has changed`);
  }
});

Deno.test("the README and --help have the same exit codes and sets", () => {
  for (const code of ["0", "1", "2", "3", "64", "70", "130"]) {
    assert(new RegExp(`^\\| ${code}\\b`, "m").test(README), code);
    assert(USAGE.includes(`${code} `) || USAGE.includes(`${code}/`), code);
  }
  assertEquals(readArguments(["all", "--set", "ci"]).command, "all");
  assert(README.includes("--set ci"));
});
