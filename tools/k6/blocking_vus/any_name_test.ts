import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { ok, runScript } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";
import { THREAD_VUS_MAX } from "./messages.ts";

/** Module text with `CALL`, which stands for one iteration. */
const SENT_BY: Readonly<Record<string, string>> = {
  "a re-export of a re-export": `import { http } from "./more.js";
    export default () => http.get(__ENV.URL);`,
  "a destructured function": `import http from "k6/http"; const { get } = http;
    export default () => get(__ENV.URL);`,
  "a field": `import http from "k6/http";
    class Client { constructor() { this.c = http; } go() { return this.c.get(__ENV.URL); } }
    const client = new Client(); export default () => client.go();`,
  "a static and a private field": `import http from "k6/http";
    class Client { static c = http; #c = Client.c; go() { this.#c.get(__ENV.URL); } }
    export default () => new Client().go();`,
  "an argument": `import http from "k6/http"; const send = (c, m) => c[m](__ENV.URL);
    export default () => send(http, "get");`,
  "a spread object": `import http from "k6/http"; const client = { ...http };
    export default () => client.get(__ENV.URL);`,
  "a namespace and an optional call": `import * as ns from "k6/http";
    export default () => ns?.["get"]?.(__ENV.URL);`,
  "call, apply and bind": `import http from "k6/http";
    const send = http.get.bind(null);
    export default () => __ITER % 2 ? http.get.call(http, __ENV.URL) : send(__ENV.URL);`,
  "a late assignment in an async function": `import http from "k6/http"; let c;
    export default async () => { c = http; await null; c.get(__ENV.URL); };`,
  "an imported value that is awaited": `const c = (await import("k6/http")).default;
    export default () => c.get(__ENV.URL);`,
  "Reflect.get": `import http from "k6/http";
    export default () => Reflect.get(http, "get")(__ENV.URL);`,
  "direct eval": `import http from "k6/http";
    export default () => { eval("http.get(__ENV.URL)"); };`,
};

for (const [way, script] of Object.entries(SENT_BY)) {
  Deno.test(`http.get sends its request when it is reached by ${way}`, async () => {
    await using server = serveBytes(() => ok("x"));
    const files = {
      "lib.js": `export { default as http } from "k6/http";`,
      "more.js": `export * from "./lib.js";`,
    };
    const env = { URL: server.url };
    const { code, stderr } = await runScript(script, { files, env, args: ["-i", "2"] });
    assertEquals([code, stderr, server.requests.length], [EXIT_CODES.ok, "", 2]);
  });
}

Deno.test("http works by another name in setup, a group's check, teardown and handleSummary", async () => {
  await using server = serveBytes((head) => ok(head.split(" ")[1]));
  const { code, stdout, stderr } = await runScript(
    `
    import http from "k6/http";
    import { check, group } from "k6";
    const client = { http };
    const get = (path) => client.http.get(__ENV.URL + path).body;
    export const options = { thresholds: { checks: ["rate==1"] } };
    export const setup = () => get("/setup");
    export default (data) =>
      group("g", () => check(data, { same: (path) => path === get("/setup") }));
    export function teardown() { get("/teardown"); }
    export const handleSummary = () => ({ stdout: get("/summary") });`,
    { env: { URL: server.url } },
  );
  assertEquals([code, stdout, stderr], [EXIT_CODES.ok, "/summary", ""]);
  assertEquals(server.requests.length, 4);
});

/** A script whose client is passed on, so that it may or may not block. */
const manyVus = (call: string) => `
  import http from "k6/http";
  const client = { http };
  export const options = { vus: ${THREAD_VUS_MAX + 1}, iterations: ${THREAD_VUS_MAX + 1} };
  export default async () => { ${call} };`;

Deno.test("VUs too many for threads share one, until the first blocking call ends the run", async () => {
  await using server = serveBytes(() => ok("x"));
  const env = { URL: server.url };
  const awaiting = await runScript(
    manyVus(`await client.http.asyncRequest("GET", __ENV.URL)`),
    { env },
  );
  assertEquals([awaiting.code, server.requests.length], [EXIT_CODES.ok, THREAD_VUS_MAX + 1]);
  const blocking = await runScript(
    manyVus("try { client.http.get(__ENV.URL) } catch {}"),
    { env },
  );
  assertEquals(blocking.code, EXIT_CODES.script_exception);
  assertStringIncludes(
    blocking.stderr,
    `NotSupported: http.get waits without await, but the ${THREAD_VUS_MAX + 1} VUs share a thread`,
  );
  assertEquals(blocking.stderr.match(/NotSupported/g)!.length, 1, "said once");
});

for (const call of ["http.get(__ENV.URL)", `await http.asyncRequest("GET", __ENV.URL)`]) {
  Deno.test(`an unsupported method of a response ends the run with 107, by ${call}`, async () => {
    await using server = serveBytes(() => ok("<p>x</p>"));
    const { code, stderr } = await runScript(
      `import http from "k6/http";
      export const options = { vus: 2, duration: "60s" };
      export default async () => { (${call}).html("p"); };`,
      { env: { URL: server.url } },
    );
    assertEquals(code, EXIT_CODES.script_exception);
    assertEquals(stderr.match(/NotSupported: response.html is not supported/g)!.length, 1);
  });
}

Deno.test("a run whose every iteration throws says that it measured nothing, and exits as k6", async () => {
  for (const head of ["", `import { sleep } from "k6"; sleep(0);`]) {
    const { code, stderr } = await runScript(`${head} export default () => null.x;`, {
      args: ["-i", "3"],
    });
    assertEquals(code, EXIT_CODES.ok);
    assertStringIncludes(stderr, "Every iteration (3) ended with an exception, and no request");
  }
});

Deno.test("a run with one good iteration does not say that it measured nothing", async () => {
  const script = `export default () => __ITER === 0 || null.x;`;
  const { stderr } = await runScript(script, { args: ["-i", "3"] });
  assertEquals(stderr.includes("measured nothing"), false);
});

for (const [kind, call] of [["blocking", "http.get"], ["awaited", "await http.asyncRequest"]]) {
  Deno.test(`a run whose every URL is invalid says that it measured nothing: ${kind}`, async () => {
    const method = kind === "blocking" ? "" : '"GET", ';
    const { code, stderr } = await runScript(`
      import http from "k6/http";
      export const options = { iterations: 2 };
      export default async () => { ${call}(${method}__ENV.BASE_URL + "/x"); };`);
    assertEquals(code, 0);
    assertStringIncludes(
      stderr,
      "The URL of every request (2) is invalid, and no request was sent: this run measured nothing",
    );
  });
}
