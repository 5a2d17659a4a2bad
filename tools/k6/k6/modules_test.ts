import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript, said } from "../testing/run_script.ts";

Deno.test("each VU has its own modules, including imported ones", async () => {
  const { stderr } = await runScript(
    `
    import { count } from "./counter.js";
    let own = 0;
    export const options = {
      scenarios: { a: { executor: "per-vu-iterations", vus: 3, iterations: 2 } },
    };
    export default function () { console.log(__VU, ++own, count()); }`,
    { files: { "counter.js": "let n = 0; export const count = () => ++n;" } },
  );
  const lines = said(stderr).sort();
  assertEquals(lines, ["1 1 1", "1 2 2", "2 1 1", "2 2 2", "3 1 1", "3 2 2"]);
});

Deno.test("__VU, __ITER and __ENV are correct after an await", async () => {
  const { stderr } = await runScript(
    `
    import { setTimeout } from "k6/timers";
    export const options = {
      scenarios: {
        a: { executor: "per-vu-iterations", vus: 5, iterations: 2, env: { WHERE: "a" } },
        b: { executor: "per-vu-iterations", vus: 5, iterations: 2 },
      },
    };
    export default async function () {
      const before = [__VU, __ITER, __ENV.WHERE].join();
      await new Promise((wake) => setTimeout(wake, Math.random() * 10));
      await null;
      console.log(before === [__VU, __ITER, __ENV.WHERE].join(), __ENV.WHERE);
    }`,
    { env: { WHERE: "system" }, args: ["-e", "WHERE=flag"] },
  );
  const lines = said(stderr).sort();
  assertEquals(lines.length, 20);
  assertEquals(new Set(lines), new Set(["true a", "true flag"]));
});

Deno.test("the four kinds of metric summarize as in k6 and accept booleans and tags", async () => {
  const { summary, stderr } = await runScript(`
    import { Counter, Gauge, Rate, Trend } from "k6/metrics";
    const c = new Counter("c"), g = new Gauge("g"), r = new Rate("r"), t = new Trend("t", true);
    export default function () {
      c.add(2); c.add(3); g.add(5); g.add(1); r.add(true); r.add(0); t.add(1); t.add(4);
      t.add("no number"); t.add(Infinity);
    }${KEEP_SUMMARY}`);
  const { metrics } = summary!;
  assertEquals(metrics.c.values.count, 5);
  assertEquals(metrics.g.values, { value: 1, min: 1, max: 5 });
  assertEquals([metrics.r.values.rate, metrics.r.values.passes], [0.5, 1]);
  assertEquals([metrics.t.contains, metrics.t.values.avg], ["time", 2.5]);
  assertStringIncludes(stderr, 'metric "t": no number is not a finite number');
  assertStringIncludes(stderr, 'metric "t": Infinity is not a finite number');
});

Deno.test("a metric declared outside the init context is refused", async () => {
  const { stderr } = await runScript(`
    import { Trend } from "k6/metrics";
    export default function () { new Trend("late"); }`);
  assertStringIncludes(stderr, 'metric "late": metrics must be declared in the init context');
});

Deno.test("k6/execution reports scenario, instance, test and VU", async () => {
  const { stderr } = await runScript(`
    import exec, { vu } from "k6/execution";
    export const options = {
      scenarios: { one: { executor: "per-vu-iterations", vus: 1, iterations: 2 } },
    };
    export default function () {
      const { scenario, instance, test } = exec;
      console.log([
        scenario.name, scenario.executor, scenario.iterationInTest, scenario.iterationInInstance,
        vu.idInTest, vu.idInInstance, vu.iterationInScenario, vu.iterationInInstance,
        instance.vusActive, instance.vusInitialized, instance.iterationsCompleted,
        Object.keys(test.options.scenarios),
        Math.abs(scenario.startTime - Date.now()) < 60000, scenario.progress < 1,
      ].join(" "));
    }`);
  assertEquals(said(stderr), [
    "one per-vu-iterations 0 0 1 1 0 0 1 1 0 one true true",
    "one per-vu-iterations 1 1 1 1 1 1 1 1 1 one true true",
  ]);
});

Deno.test("tags of exec.vu are added to later samples", async () => {
  const { summary } = await runScript(`
    import exec from "k6/execution";
    import { Counter } from "k6/metrics";
    const c = new Counter("c");
    export const options = {
      thresholds: { "c{half:first}": ["count==1"], "c{half:second}": ["count==2"] },
    };
    export default function () {
      exec.vu.metrics.tags["half"] = "first"; c.add(1);
      exec.vu.tags.half = "second"; c.add(2);
      delete exec.vu.metrics.tags.half; c.add(4);
    }${KEEP_SUMMARY}`);
  const { metrics } = summary!;
  assertEquals(metrics["c{half:first}"].values.count, 1);
  assertEquals(metrics["c{half:second}"].values.count, 2);
  assertEquals(metrics.c.values.count, 7);
});

Deno.test("metadata of exec.vu is added to later values as text, until it is deleted", async () => {
  const { stderr } = await runScript(`
    import exec from "k6/execution";
    export default function () {
      const { metrics } = exec.vu;
      metrics.metadata["trace"] = 7;
      exec.vu.metrics.metadata.answer = "a";
      console.log(JSON.stringify(exec.vu.metrics.metadata));
      delete exec.vu.metrics.metadata.trace;
      console.log(JSON.stringify(exec.vu.metrics.metadata));
      exec.vu.metrics.metadata = { other: true };
      console.log(JSON.stringify(exec.vu.metrics.metadata));
    }`);
  assertEquals(said(stderr), [
    '{"trace":"7","answer":"a"}',
    '{"answer":"a"}',
    '{"other":"true"}',
  ]);
});

Deno.test("SharedArray calls its function once for all VUs and freezes its elements", async () => {
  const { stderr } = await runScript(`
    import { SharedArray } from "k6/data";
    const users = new SharedArray("users", () => {
      console.log("made");
      return [{ name: "a" }, { name: "b" }];
    });
    export const options = { vus: 3, iterations: 3 };
    export default function () {
      let refused = false;
      try { users[0].name = "x"; } catch { refused = true; }
      console.log(users.length, users[0].name, refused, users.map((u) => u.name).join());
    }`);
  assertEquals(said(stderr), ["made", ...Array(3).fill("2 a true a,b")]);
});

Deno.test("open reads text and bytes relative to the calling file, in the init context only", async () => {
  const { stderr } = await runScript(
    `
    import { text } from "./lib/data.js";
    const bytes = new Uint8Array(open("./a.bin", "b"));
    export default function () {
      console.log(text, bytes.join());
      open("./a.bin");
    }`,
    {
      files: {
        "lib/data.js": `export const text = open("./a.txt");`,
        "lib/a.txt": "text",
        "a.bin": new Uint8Array([0, 255]),
      },
    },
  );
  assertEquals(said(stderr), ["text 0,255"]);
  assertStringIncludes(stderr, "open: available only in the init context");
});

Deno.test("open of a missing file exits 107", async () => {
  const { code } = await runScript(`open("./no.txt"); export default () => {};`);
  assertEquals(code, EXIT_CODES.script_exception);
});

Deno.test("an iteration waits for its timers, but not for cleared ones", async () => {
  const { summary } = await runScript(`
    import { clearTimeout, setTimeout } from "k6/timers";
    import { Counter } from "k6/metrics";
    const c = new Counter("c");
    export default function () {
      setTimeout((n) => c.add(n), 30, 5);
      clearTimeout(setTimeout(() => c.add(100), 1));
    }${KEEP_SUMMARY}`);
  assertEquals(summary!.metrics.c.values.count, 5);
  assert(summary!.metrics.iteration_duration.values.min >= 25);
});

Deno.test("timers due at the same instant fire as their own VU, even if another is cleared", async () => {
  const { stderr } = await runScript(`
    import { clearTimeout, setTimeout } from "k6/timers";
    import exec from "k6/execution";
    export const options = { vus: 6, iterations: 6 };
    export default function () {
      const id = exec.vu.idInTest, wait_ms = 100;
      const timer = setTimeout(() => console.log(id, exec.vu.idInTest), wait_ms);
      if (id === 2) clearTimeout(timer);
    }`);
  const lines = said(stderr).sort();
  assertEquals(lines, ["1 1", "3 3", "4 4", "5 5", "6 6"]);
});

Deno.test("minIterationDuration delays the end of short iterations", async () => {
  const started_ms = performance.now();
  await runScript(`
    export const options = { iterations: 3, minIterationDuration: "50ms" };
    export default function () {}`);
  assert(performance.now() - started_ms >= 140);
});

Deno.test("k6/crypto and k6/encoding follow their standards", async () => {
  const { stderr } = await runScript(`
    import crypto, { hmac } from "k6/crypto";
    import { b64decode, b64encode } from "k6/encoding";
    export default function () {
      console.log(crypto.sha256("abc", "hex").slice(0, 8), hmac("md5", "Jefe", "what do ya want for nothing?", "hex"));
      const hasher = crypto.createHash("sha1");
      hasher.update("a"); hasher.update("bc");
      console.log(hasher.digest("hex"));
      console.log(b64encode("a?>"), b64encode("a?>", "rawurl"), b64decode("YWI=", "std", "s"));
      console.log(new Uint8Array(b64decode("YWI", "rawstd")).join());
    }`);
  assertEquals(said(stderr), [
    "ba7816bf 750c783e6ab0b503eaa86e310a5db738",
    "a9993e364706816aba3e25717850c26c9cd0d89d",
    "YT8+ YT8- ab",
    "97,98",
  ]);
});

Deno.test("jslib's k6-summary and k6-utils are built in, in any version", async () => {
  const { stdout, stderr, written } = await runScript(`
    import { jUnit, textSummary } from "https://jslib.k6.io/k6-summary/0.1.0/index.js";
    import { randomIntBetween, uuidv4 } from "https://jslib.k6.io/k6-utils/1.6.0/index.js";
    export default function () { console.log(randomIntBetween(3, 3), uuidv4().length); }
    export const handleSummary = (data) => ({
      stdout: textSummary(data, { indent: " ", enableColors: false }), "j.xml": jUnit(data),
    });`);
  assertEquals(said(stderr), ["3 36"]);
  assertMatch(stdout, /iterations\.+: 1/);
  assertStringIncludes(written.get("j.xml")!, "<testsuites");
});

Deno.test("jslib's k6-utils finds the running stage and tags samples with it", async () => {
  const { stderr } = await runScript(`
    import exec from "k6/execution";
    import { getCurrentStageIndex, tagWithCurrentStageIndex, tagWithCurrentStageProfile } from
      "https://jslib.k6.io/k6-utils/1.4.0/index.js";
    export const options = {
      stages: [[2, "10s"], [2, "10s"], [0, "10s"]].map(([target, duration]) => ({ target, duration })),
    };
    export default function () {
      const { now } = Date, { startTime } = exec.scenario;
      for (const second of [0, 9, 10, 20, 99]) {
        Date.now = () => startTime + second * 1000;
        tagWithCurrentStageIndex(); tagWithCurrentStageProfile();
        const { stage, stage_profile } = exec.vu.metrics.tags;
        console.log(second, getCurrentStageIndex(), stage, stage_profile,
          exec.test.options.scenarios.default.stages[stage].target);
      }
      Date.now = now;
      exec.test.abort();
    }`);
  assertEquals(said(stderr), [
    "0 0 0 ramp-up 2",
    "9 0 0 ramp-up 2",
    "10 1 1 steady 2",
    "20 2 2 ramp-down 0",
    "99 2 2 ramp-down 0",
  ]);
});

Deno.test("an export that a module of k6 does not have is named with the module", async () => {
  const { code, stderr } = await runScript(
    `import { nope } from "k6/http";\nexport default () => nope();`,
  );
  assertEquals(code, EXIT_CODES.script_exception);
  assertStringIncludes(stderr, "module 'k6/http' does not provide an export named 'nope'");
});

Deno.test("a script in TypeScript runs", async () => {
  const { code, stderr } = await runScript(
    `
    import { Options } from "k6/options";
    interface Data { n: number }
    export const options: Options = { iterations: 1 };
    export function setup(): Data { return { n: 1 }; }
    export default function (data: Data): void { console.log(data.n as number); }`,
    { name: "test.ts" },
  );
  assertEquals([code, said(stderr)], [0, ["1"]]);
});

Deno.test("console shows errors with the script's lines, without the runner's", async () => {
  const { stderr } = await runScript(`
    import http from "k6/http";
    export default async function () {
      try { await http.asyncRequest("GET", "x", null, { throw: true }); } catch (e) { console.log(e); }
      console.log(new RangeError("mine"), { e: 1 });
    }`);
  assertMatch(stderr, /TypeError: GET "x": invalid URL: .*\n +at .*test\.js:4:/);
  assertMatch(stderr, /RangeError: mine\n +at .*test\.js:5:.* \{"e":1\}/);
  assert(!/blob:|file:/.test(stderr), stderr);
});
