import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript, said } from "../testing/run_script.ts";

Deno.test("check counts each condition, returns whether all hold, and tags its samples", async () => {
  const { code, summary } = await runScript(`
    import { check } from "k6";
    export const options = {
      iterations: 4,
      thresholds: { "checks{check:even}": ["rate==0.5"], "checks{kind:x}": ["rate==0.5"] },
    };
    export default function () {
      const all = check(__ITER, { even: (i) => i % 2 === 0, always: true }, { kind: "x" });
      if (all !== (__ITER % 2 === 0)) throw new Error("wrong");
    }${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.thresholds_failed); // of kind x, 6 of 8 hold
  const { metrics, root_group } = summary!;
  assertEquals(metrics["checks{check:even}"].thresholds!["rate==0.5"].ok, true);
  assertEquals(metrics["checks{kind:x}"].values.rate, 0.75);
  assertEquals(
    root_group.checks.map(({ name, path, passes, fails }) => [name, path, passes, fails]),
    [["even", "::even", 2, 2], ["always", "::always", 4, 0]],
  );
});

Deno.test("a check that throws counts as failed and ends the iteration", async () => {
  const { stderr, summary } = await runScript(`
    import { check } from "k6";
    export default function () { check(null, { broken: (r) => r.status === 200 }); }
    ${KEEP_SUMMARY}`);
  assertStringIncludes(stderr, "TypeError");
  assertEquals(summary!.root_group.checks[0].fails, 1);
});

for (
  const [what, value, condition] of [
    ["an async function", "1", "async () => true"],
    ["a promise", "1", "Promise.resolve(false)"],
    ["a function that returns a promise", "1", "() => Promise.resolve(false)"],
    ["anything else with then()", "1", "() => ({ then() {} })"],
    ["a promise as the checked value", "Promise.resolve(1)", "(r) => !r.error"],
  ]
) {
  Deno.test(`check refuses ${what}: it fails, and the error says to await`, async () => {
    const { code, stderr, summary } = await runScript(`
      import { check } from "k6";
      export const options = { thresholds: { checks: ["rate==1"] } };
      export default function () {
        check(1, { good: true });
        check(${value}, { bad: ${condition} });
        console.log("went on");
      }${KEEP_SUMMARY}`);
    assertEquals(code, EXIT_CODES.thresholds_failed);
    assertMatch(stderr, /TypeError: check "bad": .*; await .* before check/);
    assert(!stderr.includes("went on"));
    const { checks } = summary!.root_group;
    assertEquals(checks.map(({ name, fails }) => [name, fails]), [["good", 0], ["bad", 1]]);
  });
}

Deno.test("groups nest, return a value, and tag the samples inside", async () => {
  const { summary, stderr } = await runScript(`
    import { check, group } from "k6";
    import { Counter } from "k6/metrics";
    const hits = new Counter("hits");
    export const options = { thresholds: { "hits{group:::a::b}": ["count==1"] } };
    export default function () {
      const value = group("a", () => group("b", () => { hits.add(1); return 7; }) + 1);
      check(value, { "is 8": (v) => v === 8 });
      hits.add(1);
      group("a", () => check(1, { inner: true }));
    }${KEEP_SUMMARY}`);
  assertEquals(stderr, "");
  const { metrics, root_group } = summary!;
  assertEquals(metrics["hits{group:::a::b}"].values.count, 1);
  assertEquals(root_group.groups.map(({ path }) => path), ["::a"]);
  assertEquals(root_group.groups[0].groups[0].path, "::a::b");
  assertEquals(root_group.groups[0].checks[0].path, "::a::inner");
  assert("group_duration" in metrics);
});

Deno.test("group refuses an async function", async () => {
  const { stderr } = await runScript(`
    import { group } from "k6";
    export default function () { group("a", async () => {}); }`);
  assertStringIncludes(stderr, `group "a": must not be an async function`);
});

Deno.test("fail ends the iteration with its reason", async () => {
  const { stderr } = await runScript(`
    import { fail } from "k6";
    export default function () { fail("no more"); }`);
  assertMatch(stderr, /Error: no more/);
});

Deno.test("randomSeed repeats a VU's random numbers", async () => {
  const { stderr } = await runScript(`
    import { randomSeed } from "k6";
    export const options = { vus: 2, iterations: 2 };
    export default function () { randomSeed(7); console.log(Math.random(), Math.random()); }`);
  const [first, second] = said(stderr);
  assertEquals(first, second);
});
