import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript } from "../testing/run_script.ts";

const NOTHING = "export default function () {}";

/** A stop that the script requests with `globalThis.stopNow()`. */
function stopFromScript() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const scope = globalThis as { stopNow?: () => void };
  scope.stopNow = resolve;
  return {
    stop_requested: promise,
    [Symbol.dispose]() {
      delete scope.stopNow;
    },
  };
}

Deno.test("a stop exits 105 after teardown, with the summary so far", async () => {
  using stop = stopFromScript();
  const { code, stderr, summary } = await runScript(
    `
    import { setTimeout } from "k6/timers";
    export const options = { vus: 2, duration: "60s" };
    let iterations = 0;
    export default () => {
      if (++iterations === 3) globalThis.stopNow();
      return new Promise((wake) => setTimeout(wake, 5));
    };
    export function teardown() { console.log("torn down"); }${KEEP_SUMMARY}`,
    stop,
  );
  assertEquals(code, EXIT_CODES.external_abort);
  assertStringIncludes(stderr, "torn down");
  assert(summary!.metrics.iterations.values.count > 0);
});

Deno.test("a stop in setup exits 105; no iteration and no teardown follow", async () => {
  using stop = stopFromScript();
  const { code, stderr } = await runScript(
    `export function setup() { globalThis.stopNow(); return new Promise(() => {}); }
    export default function () { console.log("ran"); }
    export function teardown() { console.log("torn down"); }`,
    stop,
  );
  assertEquals([code, stderr], [EXIT_CODES.external_abort, ""]);
});

Deno.test("a stop during the creation of VUs skips setup, iterations and teardown", async () => {
  using stop = stopFromScript();
  const { code, stderr } = await runScript(
    `globalThis.stopNow(); await new Promise((wake) => globalThis.setTimeout(wake, 5));
    export const options = { vus: 2, iterations: 2 };
    export function setup() { console.log("set up"); }
    export default function () { console.log("ran"); }
    export function teardown() { console.log("torn down"); }`,
    stop,
  );
  assertEquals([code, stderr], [EXIT_CODES.external_abort, ""]);
});

Deno.test("on a terminal progress is one rewritten line: VUs, iterations, rate, share", async () => {
  const { code, stderr } = await runScript(
    `import { setTimeout } from "k6/timers";
    export const options = { vus: 2, duration: "700ms" };
    export default () => new Promise((wake) => setTimeout(wake, 5));`,
    { is_stderr_tty: true },
  );
  assertEquals(code, EXIT_CODES.ok);
  const lines = stderr.trimEnd().split("\r\x1b[K").slice(1);
  assert(lines.length >= 2, stderr);
  for (const line of lines) {
    assertMatch(line, /^running [\d.]+m?s, \d\/2 VUs, \d+ iterations, \d+(\.\d)?\/s, \d+%$/);
  }
});

Deno.test("a script that never waits can be stopped", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 50);
  const { code } = await runScript(
    `export const options = { vus: 3, duration: "60s" };${NOTHING}`,
    { stop_requested: promise },
  );
  assertEquals(code, EXIT_CODES.external_abort);
});
