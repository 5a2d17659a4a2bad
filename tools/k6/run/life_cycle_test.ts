import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript } from "../testing/run_script.ts";

const NOTHING = "export default function () {}";

Deno.test("a run without problems exits 0 and prints the default summary", async () => {
  const { code, stdout, stderr } = await runScript(NOTHING);
  assertEquals([code, stderr], [EXIT_CODES.ok, ""]);
  assertMatch(stdout, /iterations\.+: 1 /);
});

Deno.test("each VU and teardown get their own copy of setup's data", async () => {
  const { code, stderr } = await runScript(`
    export const options = { vus: 2, iterations: 2, scenarios: undefined };
    export function setup() { return { list: [1], when: new Date(0), none: undefined }; }
    export default function (data) {
      console.log("vu " + JSON.stringify(data));
      data.list.push(__VU);
    }
    export function teardown(data) { console.log("teardown " + JSON.stringify(data)); }
  `);
  assertEquals(code, EXIT_CODES.ok);
  const copy = '{"list":[1],"when":"1970-01-01T00:00:00.000Z"}';
  const lines = stderr.trim().split("\n").map((line) => line.replace(/^INFO\[\d+\] /, ""));
  assertEquals(lines, [`vu ${copy}`, `vu ${copy}`, `teardown ${copy}`]);
});

Deno.test("setup that throws exits 107 with its line; no iteration and no teardown follow", async () => {
  const { code, stderr, stdout } = await runScript(
    `export function setup() {\n  null.x;\n}\n` +
      `export default function () { console.log("ran"); }\n` +
      `export function teardown() { console.log("torn down"); }`,
  );
  assertEquals(code, EXIT_CODES.script_exception);
  assertStringIncludes(stderr, "setup: TypeError: Cannot read properties of null");
  assertStringIncludes(stderr, "test.js:2:");
  assert(!/ran|torn down/.test(stderr + stdout));
});

Deno.test("teardown that throws exits 107; the summary is still printed", async () => {
  const { code, stdout } = await runScript(`
    export default function () {}
    export function teardown() { throw new Error("broken"); }
  `);
  assertEquals(code, EXIT_CODES.script_exception);
  assertMatch(stdout, /iterations\.+: 1 /);
});

const FOREVER = "new Promise(() => {})";
for (
  const [what, script, code] of [
    ["setup", `export function setup() { return ${FOREVER}; }`, EXIT_CODES.setup_timeout],
    ["teardown", `export function teardown() { return ${FOREVER}; }`, EXIT_CODES.teardown_timeout],
    [
      "handleSummary",
      `export function handleSummary() { return ${FOREVER}; }`,
      EXIT_CODES.generic_timeout,
    ],
  ] as const
) {
  Deno.test(`${what} exits ${code} at ${what}Timeout`, async () => {
    const { code: exit } = await runScript(
      `export const options = { ${what}Timeout: "50ms" };\n${script}\n${NOTHING}`,
    );
    assertEquals(exit, code);
  });
}

Deno.test("handleSummary that throws is logged; the default summary is printed", async () => {
  const { code, stdout, stderr } = await runScript(
    `${NOTHING}\nexport function handleSummary() { throw new Error("no screen"); }`,
  );
  assertEquals(code, EXIT_CODES.ok);
  assertStringIncludes(stderr, "no screen");
  assertMatch(stdout, /iterations\.+: 1 /);
});

Deno.test("handleSummary writes to stdout, stderr and files instead of the summary", async () => {
  const { stdout, stderr, written } = await runScript(`${NOTHING}
    export const handleSummary = () => ({
      stdout: "to stdout", stderr: "to stderr", "a/b.txt": "text",
      "c.bin": new Uint8Array([111, 107]).buffer,
    });`);
  assertEquals([stdout, stderr], ["to stdout", "to stderr"]);
  assertEquals([...written], [["a/b.txt", "text"], ["c.bin", "ok"]]);
});

Deno.test("--summary-mode=disabled skips handleSummary and --summary-export", async () => {
  const { stdout, written } = await runScript(NOTHING + KEEP_SUMMARY, {
    args: ["--summary-mode=disabled", "--summary-export=flat.json"],
  });
  assertEquals([stdout, written.size], ["", 0]);
});

Deno.test("an iteration that throws is logged with its line and counted; the run passes", async () => {
  const { code, stderr, summary } = await runScript(
    `export const options = { iterations: 2 };\n` +
      `export default function () {\n  throw new RangeError("odd");\n}${KEEP_SUMMARY}`,
  );
  assertEquals(code, EXIT_CODES.ok);
  assertMatch(stderr, /^ERRO\[0000\] RangeError: odd\n {4}at .*test\.js:3:\d+/);
  assertEquals(summary!.metrics.iterations.values.count, 2);
});

Deno.test("an unhandled rejection is logged; the run goes on", async () => {
  const { code, stderr } = await runScript(
    `export default async function () { void Promise.reject(new Error("lost")); await null; }`,
  );
  assertEquals(code, EXIT_CODES.ok);
  assertStringIncludes(stderr, "Error: lost");
});

for (
  const [what, script, message] of [
    ["does not parse", "export default function () {\n  let x = ;\n}", "test.js:2:"],
    ["throws while it loads", "const a = 1;\na.b.c();\nexport default () => {};", "test.js:2:"],
    [
      "imports a missing file",
      `\nimport "./no.js";`,
      "test.js:2: Cannot read the script no.js",
    ],
    ["imports k6/ws", `\n\nimport ws from "k6/ws";`, `test.js:3: module "k6/ws" is not supported`],
    ["imports k6/net/grpc", `import g from "k6/net/grpc";`, `test.js:1: module "k6/net/grpc"`],
    ["imports k6/browser", `import { browser } from "k6/browser";`, `module "k6/browser"`],
    ["imports a foreign URL", `import "https://example.com/a.js";`, "is not fetched"],
    ["imports a bare name", `import "lodash";`, "is not a k6 module"],
    [
      "sends a request in the init context",
      `import http from "k6/http";\nawait http.asyncRequest("GET", "http://127.0.0.1");`,
      "not available in the init context",
    ],
  ]
) {
  Deno.test(`a script that ${what} exits 107 with the place`, async () => {
    const { code, stderr } = await runScript(script);
    assertEquals(code, EXIT_CODES.script_exception, stderr);
    assertStringIncludes(stderr, message);
  });
}

for (
  const [what, script, args, message] of [
    ["an option of the wrong type", `export const options = { vus: "many" };${NOTHING}`, [], "vus"],
    [
      "a scenario whose function is not exported",
      `export const options = { scenarios: { a: { executor: "shared-iterations", exec: "b" } } };` +
      NOTHING,
      [],
      'scenarios.a.exec: must be a function test.js exports, got "b"',
    ],
    ["no function to run", "export const a = 1;", [], 'got "default"'],
    [
      "a threshold on an unknown metric",
      `export const options = { thresholds: { nothing: ["count>0"] } };${NOTHING}`,
      [],
      "nothing",
    ],
    ["an unknown --scenario", NOTHING, ["--scenario=x"], "--scenario=x"],
    ["a missing config file", NOTHING, ["-c", "no.json"], "--config=no.json"],
  ] as const
) {
  Deno.test(`${what} exits 104 with its name`, async () => {
    const { code, stderr } = await runScript(script, { args: [...args] });
    assertEquals(code, EXIT_CODES.invalid_config, stderr);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("--no-thresholds runs a script with invalid thresholds", async () => {
  const script = `export const options = { thresholds: { nothing: ["count>0"] } };${NOTHING}`;
  assertEquals((await runScript(script, { args: ["--no-thresholds"] })).code, EXIT_CODES.ok);
});

Deno.test("an unsupported option logs a warning", async () => {
  const { code, stderr } = await runScript(
    `export const options = { insecureSkipTLSVerify: true };${NOTHING}`,
  );
  assertEquals(code, EXIT_CODES.ok);
  assertStringIncludes(stderr, "option insecureSkipTLSVerify is not supported and has no effect");
});

Deno.test("a failed threshold exits 99 with its name", async () => {
  const { code, stderr } = await runScript(
    `export const options = { thresholds: { iterations: ["count>1"] } };${NOTHING}`,
  );
  assertEquals(code, EXIT_CODES.thresholds_failed);
  assertStringIncludes(stderr, "iterations");
});

Deno.test("a threshold with abortOnFail ends the run early with 99", async () => {
  const started_ms = performance.now();
  const { code, summary } = await runScript(`
    import { setTimeout } from "k6/timers";
    export const options = {
      duration: "60s",
      thresholds: { iterations: [{ threshold: "count<1", abortOnFail: true }] },
    };
    export default () => new Promise((wake) => setTimeout(wake, 20));${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.thresholds_failed);
  assert(performance.now() - started_ms < 20_000);
  assert(summary!.metrics.iterations.values.count > 0);
});

Deno.test("exec.test.abort exits 108; teardown and summary follow", async () => {
  const { code, stderr, summary } = await runScript(`
    import exec from "k6/execution";
    import { setTimeout } from "k6/timers";
    export const options = { vus: 5, duration: "60s" };
    export default async function () {
      if (__VU === 3) exec.test.abort("enough");
      await new Promise((wake) => setTimeout(wake, 5));
    }
    export function teardown() { console.log("torn down"); }${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.script_aborted);
  assertStringIncludes(stderr, "torn down");
  assertStringIncludes(stderr, "test aborted: enough");
  assert(summary !== null);
});

Deno.test("exec.test.abort exits 108 in the init context and in setup", async () => {
  const load = `import exec from "k6/execution";\n`;
  const init = await runScript(`${load}exec.test.abort("no");\n${NOTHING}`);
  assertEquals(init.code, EXIT_CODES.script_aborted);
  assertMatch(init.stderr, /^ERRO\[0000\] test aborted: no\n$/);
  const setup = await runScript(
    `${load}export function setup() { exec.test.abort("no"); }\n` +
      `export default function () { console.log("ran"); }`,
  );
  assertEquals(setup.code, EXIT_CODES.script_aborted);
  assert(!setup.stderr.includes("ran"));
  assertMatch(setup.stderr, /^ERRO\[0000\] test aborted: no\n$/);
});

Deno.test("exec.test.fail exits 110 after the whole run", async () => {
  const { code, summary } = await runScript(`
    import exec from "k6/execution";
    export const options = { iterations: 3 };
    export default function () { if (__ITER === 0) exec.test.fail("bad"); }${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.marked_failed);
  assertEquals(summary!.metrics.iterations.values.count, 3);
});

Deno.test("an interrupted iteration is not counted when its promise resolves later", async () => {
  const { code, summary } = await runScript(`
    const late = (ms) => new Promise((wake) => globalThis.setTimeout(wake, ms));
    export const options = {
      scenarios: { a: { executor: "constant-vus", vus: 1, duration: "50ms", gracefulStop: "0s" } },
    };
    export default () => late(150);
    export const teardown = () => late(250);${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.ok);
  assertEquals(summary!.metrics.iterations?.values.count ?? 0, 0);
});

Deno.test("--out json writes every sample, --summary-export the flat summary", async () => {
  const { written } = await runScript(`export const options = { iterations: 3 };${NOTHING}`, {
    args: ["--out", "json=samples.json", "--summary-export", "flat.json"],
  });
  const lines = written.get("samples.json")!.trim().split("\n").map((line) => JSON.parse(line));
  const points = lines.filter(({ type, metric }) => type === "Point" && metric === "iterations");
  assertEquals(points.length, 3);
  assertEquals(points[0].data.tags, { scenario: "default", group: "" });
  const age_ms = Date.now() - Date.parse(points[0].data.time);
  assert(age_ms >= 0 && age_ms < 10_000, `${age_ms}`);
  assertEquals(JSON.parse(written.get("flat.json")!).metrics.iterations.count, 3);
});
