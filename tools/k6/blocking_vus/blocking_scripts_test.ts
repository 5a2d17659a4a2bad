import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, ok, runScript, said } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";
import { THREAD_VUS_MAX } from "./messages.ts";

Deno.test("http.get returns the response; setup, VUs and teardown run on threads", async () => {
  await using server = serveBytes((head) => ok(head.split(" ")[1], "Set-Cookie: a=1\r\n"));
  const { code, stderr, summary } = await runScript(
    `
    import http from "k6/http";
    import { check, group } from "k6";
    import { Trend } from "k6/metrics";
    const t = new Trend("t");
    export const options = {
      vus: 3, iterations: 9,
      thresholds: { "http_reqs{group:::g}": ["count==9"], "checks{kind:k}": ["rate==1"] },
    };
    export function setup() { return http.get(__ENV.URL + "/setup").body; }
    export default function (data) {
      const res = http.get(__ENV.URL + "/" + __VU);
      check(res, { right: (r) => r.body === "/" + __VU && r.cookies.a[0].value === "1" });
      const posted = group("g", () => http.post(__ENV.URL + "/p", { a: "b" }));
      check(posted, { posted: (r) => r.status === 200 && data === "/setup" }, { kind: "k" });
      t.add(res.timings.duration);
    }
    export function teardown(data) { console.log(data, http.get(__ENV.URL + "/down").body); }
    ${KEEP_SUMMARY}`,
    { env: { URL: server.url } },
  );
  assertEquals([code, said(stderr)], [EXIT_CODES.ok, ["/setup /down"]], stderr);
  const { metrics, root_group } = summary!;
  assertEquals(metrics.http_reqs.values.count, 20);
  assertEquals(metrics.iterations.values.count, 9);
  assertEquals(metrics.checks.values, { rate: 1, passes: 18, fails: 0 });
  assertEquals(root_group.checks.map(({ name, passes }) => [name, passes]), [
    ["right", 9],
    ["posted", 9],
  ]);
  assert(metrics.t.values.min > 0);
  assertEquals(server.connections, 4); // one a VU, and one for setup and teardown
});

Deno.test("http.batch sends up to batchPerHost in parallel and returns the form it was given", async () => {
  let at_a_time = 0, most = 0;
  await using server = serveBytes(async (head) => {
    most = Math.max(most, ++at_a_time);
    await new Promise((wake) => setTimeout(wake, 20));
    at_a_time--;
    return ok(head.split(" ")[1]);
  });
  const { stderr } = await runScript(
    `
    import http from "k6/http";
    export const options = { batchPerHost: 3 };
    export default function () {
      const url = __ENV.URL;
      const list = http.batch([url + "/1", ["GET", url + "/2"], { method: "GET", url: url + "/3" },
        url + "/4"]);
      const named = http.batch({ a: url + "/a", b: { method: "POST", url: url + "/b", body: "x" } });
      console.log(list.map((r) => r.body).join(), named.a.body, named.b.body);
    }`,
    { env: { URL: server.url } },
  );
  assertEquals(said(stderr), ["/1,/2,/3,/4 /a /b"]);
  assertEquals(most, 3);
});

Deno.test("sleep blocks only its own VU", async () => {
  const started_ms = performance.now();
  const { summary } = await runScript(`
    import { sleep } from "k6";
    export const options = { vus: 5, iterations: 5 };
    export default function () { sleep(0.2); }${KEEP_SUMMARY}`);
  const { values } = summary!.metrics.iteration_duration;
  assert(values.min >= 195 && values.max < 2_000, JSON.stringify(values));
  assert(performance.now() - started_ms < 60_000);
});

Deno.test("asyncRequest and exec work on a VU's own thread", async () => {
  await using server = serveBytes(() => ok("x"));
  const { stderr } = await runScript(
    `
    import http from "k6/http";
    import { sleep } from "k6";
    import exec from "k6/execution";
    export default async function () {
      const two = await Promise.all([1, 2].map(() => http.asyncRequest("GET", __ENV.URL)));
      sleep(0.01);
      const { scenario, instance } = exec;
      console.log(two.map((r) => r.body).join(), scenario.name, instance.vusActive,
        Math.abs(Date.now() - scenario.startTime) < 30000, scenario.progress);
    }`,
    { env: { URL: server.url } },
  );
  assertEquals(said(stderr), ["x,x default 1 true 0"]);
});

Deno.test("a failed request on a thread has status 0 and k6's code", async () => {
  const { stderr } = await runScript(`
    import http from "k6/http";
    export default function () {
      const r = http.get("http://127.0.0.1:1/");
      console.log(r.status, r.error_code, r.body);
    }`);
  assertEquals(said(stderr), ["0 1212 null"]);
});

Deno.test("a body larger than the initial mailbox arrives complete", async () => {
  const body = "0123456789".repeat(100_000);
  await using server = serveBytes(() => ok(body));
  const { stderr } = await runScript(
    `
    import http from "k6/http";
    export default function () {
      const { body } = http.get(__ENV.URL);
      console.log(body.length, body === "0123456789".repeat(100000));
    }`,
    { env: { URL: server.url } },
  );
  assertEquals(said(stderr), ["1000000 true"]);
});

Deno.test("a blocked iteration is interrupted, and its VU is free for another scenario", async () => {
  const { code, summary } = await runScript(`
    import { sleep } from "k6";
    import { Counter } from "k6/metrics";
    const c = new Counter("c");
    export const options = {
      scenarios: {
        a: { executor: "constant-vus", vus: 2, duration: "0.2s", gracefulStop: "0s" },
        b: {
          executor: "per-vu-iterations", vus: 2, startTime: "0.4s", exec: "next",
          maxDuration: "5s", gracefulStop: "0s",
        },
      },
    };
    export default function () { try { sleep(100); } catch { sleep(100); } c.add(100); }
    export function next() { sleep(0.01); c.add(1); }${KEEP_SUMMARY}`);
  assertEquals(code, EXIT_CODES.ok);
  const { metrics } = summary!;
  assertEquals([metrics.iterations.values.count, metrics.c.values.count], [2, 2]);
});

Deno.test("a setup that blocks longer than setupTimeout exits 100", async () => {
  const { code } = await runScript(`
    import { sleep } from "k6";
    export const options = { setupTimeout: "100ms" };
    export function setup() { sleep(100); }
    export default function () {}`);
  assertEquals(code, EXIT_CODES.setup_timeout);
});

Deno.test("exec.test.abort on a thread exits 108", async () => {
  const { code } = await runScript(`
    import { sleep } from "k6";
    import exec from "k6/execution";
    export const options = { vus: 2, duration: "60s" };
    export default function () { if (__VU === 2) exec.test.abort("enough"); sleep(0.01); }`);
  assertEquals(code, EXIT_CODES.script_aborted);
});

Deno.test("an exception on a thread is logged with the script's line", async () => {
  const { stderr } = await runScript(
    `import { sleep } from "k6";\nexport default function () {\n  sleep(0);\n  null.x;\n}`,
  );
  assertStringIncludes(stderr, "TypeError: Cannot read properties of null");
  assertStringIncludes(stderr, "test.js:4:");
});

Deno.test("more than THREAD_VUS_MAX blocking VUs are refused with the line that blocks", async () => {
  const { code, stderr } = await runScript(
    `import { sleep } from "k6";\nexport default function () {\n  sleep(1);\n}`,
    { args: ["-u", String(THREAD_VUS_MAX + 1), "-d", "1s"] },
  );
  assertEquals(code, EXIT_CODES.invalid_config);
  assertStringIncludes(
    stderr,
    `vus: must be at most ${THREAD_VUS_MAX}, got ${THREAD_VUS_MAX + 1}: sleep at test.js:3`,
  );
});

Deno.test("sleep reads text as a number, works at the top level, and warns of what is no number", async () => {
  const { stderr, summary } = await runScript(`
    import { sleep } from "k6";
    sleep("0.01");
    export default function () { sleep("0.15"); sleep(null); sleep(undefined); }${KEEP_SUMMARY}`);
  assertStringIncludes(stderr, "sleep: undefined is not a number of seconds: no wait");
  assertEquals(stderr.includes("null"), false);
  const { min } = summary!.metrics.iteration_duration.values;
  assert(min >= 148 && min < 2_000, `${min} ms`);
});

Deno.test("setup's result may contain functions, which JSON leaves out", async () => {
  const { code, stderr } = await runScript(`
    import { sleep } from "k6";
    export function setup() { sleep(0); return { token: "t", refresh: () => sleep(1) }; }
    export default (data) => console.log(JSON.stringify(data));`);
  assertEquals([code, said(stderr)], [0, ['{"token":"t"}']]);
});

Deno.test("a result of setup or handleSummary that cannot be passed on is logged", async () => {
  const { code, stderr, stdout } = await runScript(`
    import { sleep } from "k6";
    export function setup() { sleep(0); const circle = {}; circle.circle = circle; return circle; }
    export default () => {};
    export const handleSummary = () => ({ stdout: () => "x" });`);
  assertEquals(code, 107);
  assertStringIncludes(stderr, "setup: TypeError: Converting circular structure to JSON");
  assertStringIncludes(stderr, "handleSummary failed, this is the default summary: DataCloneError");
  assertStringIncludes(stdout, "TOTAL RESULTS");
});
