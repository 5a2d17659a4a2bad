import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, ok, runScript, said } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";
import { applyEdits } from "./text_edits.ts";
import { parseModule } from "./parse_module.ts";

const NEW_URL = "new $$k6_globals.URL(x)";
for (
  const [source, expected, is_needed] of [
    ["globalThis.URL = A; new URL(x);", `$$k6_globalThis.URL = A; ${NEW_URL};`, true],
    ["URL = A;", "$$k6_globals.URL = A;", true],
    ["self.x.global = f(global);", "$$k6_globalThis.x.global = f($$k6_globalThis);", true],
    ["f({ URL, Map: 1 });", "f({ URL: $$k6_globals.URL, Map: 1 });", false],
    ["a.URL = URL ? 1 : typeof Map;", null, false],
    ["const { URL } = a; new URL(x);", "const { URL } = a; new URL(x);", false],
    [
      "function f({ a: [URL = 1] }) {} new URL(x);",
      "function f({ a: [URL = 1] }) {} new URL(x);",
      false,
    ],
    ["console.log(open, __ENV, mine);", "$$k6_globals.console.log(open, __ENV, mine);", false],
  ] as const
) {
  Deno.test(`findGlobalEdits: ${source}`, async () => {
    const { globals } = await parseModule(source, "file:///s.js");
    const edited = applyEdits(source, globals.edits);
    const named = "a.URL = $$k6_globals.URL ? 1 : typeof $$k6_globals.Map;";
    assertEquals([edited, globals.is_needed], [expected ?? named, is_needed]);
  });
}

const BROKEN = "URL TextEncoder TextDecoder Promise Date JSON Map Set Array Object Error Symbol " +
  "Uint8Array Math Number String setTimeout clearTimeout setInterval queueMicrotask fetch crypto " +
  "performance structuredClone Blob Response Headers Worker Deno process Buffer Atomics";

for (const call of [`http.asyncRequest("POST", url, { a: "b" })`, `http.post(url, { a: "b" })`]) {
  Deno.test(`a script may replace globals without breaking the runner: ${call}`, async () => {
    await using server = serveBytes(() => ok('{"a":1}', "Set-Cookie: c=1; Max-Age=9\r\n"));
    const { code, stderr, summary } = await runScript(
      `
      import http from "k6/http";
      import { check, group } from "k6";
      import { Trend } from "k6/metrics";
      import { setTimeout as later } from "k6/timers";
      import exec from "k6/execution";
      const { stringify } = JSON;
      for (const name of "${BROKEN}".split(" ")) globalThis[name] = () => { throw name; };
      const t = new Trend("t");
      export const options = { vus: 2, iterations: 4, thresholds: { checks: ["rate==1"] } };
      const call = (url) => ${call};
      export const setup = () => ({ file: "text" });
      export default async (data) => {
        const r = await call(__ENV.URL);
        group("g", () => check(r, { json: (r) => r.json("a") === 1 && data.file === "text" }));
        t.add(r.timings.duration + exec.instance.vusActive);
        later(() => {}, 1);
      };
      export const teardown = () => console.log("down", { ...exec.vu.tags });
      ${KEEP_SUMMARY.replace("JSON.stringify", "stringify")}`,
      { env: { URL: server.url } },
    );
    assertEquals([code, said(stderr).length, stderr.includes("ERRO")], [EXIT_CODES.ok, 1, false]);
    assertEquals(summary!.metrics.http_reqs.values.count, 4);
  });
}

Deno.test("each VU replaces globals for itself, and awaits promises of its own class", async () => {
  const { code, stderr } = await runScript(`
    const before = Promise;
    globalThis.Promise = class Mine extends Promise {};
    export const options = { vus: 2, iterations: 2 };
    export default () => new Promise((resolve) => {
      const is_own = Promise !== before && Object.getPrototypeOf(before) === Function.prototype;
      before.resolve().then(() => { console.log(is_own, Promise.name); resolve(); });
    });`);
  assertEquals(code, EXIT_CODES.ok);
  assertEquals(said(stderr), ["true Mine", "true Mine"]);
});

Deno.test("check counts only a condition's own names, whatever prototypes a script extends", async () => {
  const { summary } = await runScript(`
    import { check } from "k6";
    Object.prototype.extra = () => false;
    export default () => { check(1, { one: (n) => n === 1 }); delete Object.prototype.extra; };
    ${KEEP_SUMMARY}`);
  assertEquals(summary!.metrics.checks.values, { rate: 1, passes: 1, fails: 0 });
});

Deno.test("scripts find no globals that send unmeasured requests or tell Deno from k6", async () => {
  const { stderr } = await runScript(`
    const { WebSocket: Socket } = globalThis;
    export default () => {
      console.log([typeof fetch, typeof Deno, typeof process, typeof WebSocket, typeof Socket,
        typeof setImmediate, typeof globalThis.fetch].join());
      fetch("http://127.0.0.1:1/");
    };`);
  assertStringIncludes(stderr, Array(7).fill("undefined").join());
  assertStringIncludes(stderr, "TypeError: fetch is not a function\n    at default (test.js:6:");
});
