import { assertEquals, assertMatch } from "@std/assert";
import { KEEP_SUMMARY, runScript, said } from "../testing/run_script.ts";

const KINDS = {
  "a VU with its own thread": `import { sleep as blocking } from "k6"; globalThis.keep = blocking;`,
  "VUs on one thread": "",
  "CommonJS": `const { sleep: blocking } = require("k6"); module.exports.keep = blocking;`,
};

for (const [kind, first] of Object.entries(KINDS)) {
  const exporting = kind === "CommonJS" ? "exports.default =" : "export default";

  Deno.test(`an iteration waits for global timers: ${kind}`, async () => {
    const { stderr } = await runScript(`${first}
      ${exporting} () => {
        setTimeout(console.log, 20, "timeout");
        const interval = setInterval(() => {
          clearInterval(interval);
          console.log("interval");
        }, 1);
        clearTimeout(setTimeout(console.log, 1, "cleared"));
        console.log("end");
      };`);
    assertEquals(said(stderr), ["end", "interval", "timeout"]);
  });

  Deno.test(`an error outside of the iteration is logged with its line: ${kind}`, async () => {
    const { code, stderr } = await runScript(`${first}
      ${exporting} () => {
        setTimeout(() => { throw new Error("in a timer"); }, 1);
        queueMicrotask(() => { throw new Error("in a microtask"); });
        setTimeout(console.log, 20, "later");
      };`);
    assertEquals([code, said(stderr)], [0, ["later"]]);
    assertMatch(stderr, /Error: in a timer\n +at .*test\.js:3:/);
    assertMatch(stderr, /Error: in a microtask\n +at .*test\.js:4:/);
  });
}

Deno.test("timers of the global object belong to the iteration, also under other names", async () => {
  const { summary, stderr } = await runScript(`
    import { Counter } from "k6/metrics";
    const late = new Counter("late");
    const { setTimeout: after } = globalThis;
    export default () => {
      after(() => late.add(1), 5);
      self.setTimeout(() => late.add(1), 5);
      setTimeout(() => late.add(1), 5);
    };${KEEP_SUMMARY}`);
  assertEquals(stderr, "");
  assertEquals(summary!.metrics.late.values.count, 3);
});

Deno.test("timers of the init context fire while the script loads", async () => {
  const { stderr } = await runScript(`
    await new Promise((wake) => setTimeout(wake, 1));
    export const options = { vus: 2, iterations: 2 };
    export default () => console.log("ran");`);
  assertEquals(said(stderr), ["ran", "ran"]);
});

for (const name of ["setTimeout", "setInterval"]) {
  Deno.test(`${name} refuses what is not a function, with the line`, async () => {
    const { stderr } = await runScript(`export default () => {\n${name}("code", 1);\n};`);
    assertMatch(stderr, /the first argument must be a function, got string\n +at .*test\.js:2:/);
  });
}
