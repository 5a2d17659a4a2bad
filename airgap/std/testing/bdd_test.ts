import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

/** Runs the tests of a file beside this one; `log` is what they noted. */
async function run(fixture: string): Promise<{ log: string[]; output: string; success: boolean }> {
  const path = new URL(fixture, import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--no-prompt", path.href],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const log = output.match(/^LOG (.*)$/m);
  assert(log, `${fixture} noted nothing:\n${output}`);
  return { log: JSON.parse(log[1]), output, success };
}

/** The notes from one to another, both included. */
function between(log: readonly string[], first: string, last: string): string[] {
  return log.slice(log.indexOf(first), log.indexOf(last) + 1);
}

Deno.test("describe() and it()", async (t) => {
  const { log, output, success } = await run("./_bdd_fixture.ts");

  await t.step("run hooks outside in before a test and inside out after it", () => {
    assertEquals(between(log, "all before 1", "all after 2"), [
      "all before 1",
      "all before 2",
      "each before",
      "first",
      "each after",
      "inner all before",
      "each before",
      "inner each before",
      "second",
      "inner each after",
      "each after",
      "inner all after",
      "each before",
      "third",
      "each after",
      "all after 1",
      "all after 2",
    ]);
  });

  await t.step("give each test its own copy of what the suite shares", () => {
    const values = log.filter((note) => note.includes("value"));
    assertEquals(values, ["one test: value 2", "another test: value 2"]);
  });

  await t.step("run afterEach and afterAll after a failure, and the tests that follow", () => {
    assertEquals(between(log, "each after failure", "all after failure"), [
      "each after failure",
      "after the failing test",
      "each after failure",
      "all after failure",
    ]);
  });

  await t.step("fail a test whose beforeEach fails, and a suite whose beforeAll fails", () => {
    assertStringIncludes(output, "a failing beforeEach ... does not run");
    assertMatch(output, /^a failing beforeAll \.\.\. FAILED/m);
    assertEquals(success, false);
  });

  await t.step("never run what is skipped, ignored, or has no chance", () => {
    assertEquals(log.includes("never"), false);
    for (const name of ["skipped", "ignored", "ignored by option", "skipped suite"]) {
      assertStringIncludes(output, `${name} ... ignored`);
    }
  });

  await t.step("take hooks and tests from options", () => {
    assertEquals(between(log, "option each before", "option all after"), [
      "option each before",
      "by definition",
      "option each before",
      "by function name",
      "option all after",
    ]);
  });

  await t.step("add to a suite from outside, in the order of registration", () => {
    assertEquals(between(log, "flat test", "top"), [
      "flat test",
      "flat inner test",
      "flat by option",
      "focused test",
      "top",
    ]);
  });

  await t.step("refuse what would never run", () => {
    assertEquals(log.filter((note) => note.startsWith("refused")), [
      'refused: Returning a Promise from "describe" is not supported: ' +
      "tests must be defined synchronously",
      "refused: Cannot add global hooks after a global test is registered",
      "refused: Cannot register new test cases after already registered test cases start running",
      "refused: Cannot register new test suites after already registered test cases start running",
    ]);
  });

  await t.step("count tests and steps as Deno does", () => {
    assertMatch(output, /FAILED \| 7 passed \(16 steps\) \| 3 failed \(2 steps\) \| 1 ignored/);
  });
});

Deno.test("only leaves out all the rest of its suite and of the file", async () => {
  const { log } = await run("./_bdd_only_fixture.ts");
  assertEquals(log, [
    "only test",
    "only step",
    "only deep step",
    "only suite a",
    "only suite b",
    "only top suite",
  ]);
});

Deno.test("hooks outside of any suite hold for the whole file", async () => {
  const { log, success } = await run("./_bdd_global_fixture.ts");
  assertEquals(log, [
    "all before",
    "each before",
    "a",
    "each after",
    "each before",
    "b",
    "each after",
    "all after",
  ]);
  assertEquals(success, true);
});
