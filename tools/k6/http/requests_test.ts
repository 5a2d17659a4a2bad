import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { iterate, ok, runScript } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";

Deno.test("a response has status, headers, body, JSON, protocol, timings and the request", async () => {
  const { said, requests } = await iterate(
    `
    const res = await get("/a?b=c", { headers: { "X-Own": "1" } });
    say(res.status, res.status_text, res.proto, res.headers, res.body, res.json("a.0.b"));
    say(res.error, res.error_code, res.url === __ENV.URL + "/a?b=c", res.remote_ip, res.remote_port > 0);
    say(Object.keys(res.timings).length, res.timings.duration > 0, res.timings.connecting > 0);
    say(res.request.method, res.request.headers["X-Own"], JSON.parse(JSON.stringify(res)).status);
    `,
    () => ok('{"a":[{"b":5}]}', "x-data-age-ms: 7\r\nVARY: a\r\nvary: b\r\n"),
  );
  assertEquals(said, [
    [
      200,
      "200 OK",
      "HTTP/1.1",
      { "Content-Length": "15", "X-Data-Age-Ms": "7", "Vary": "a, b" },
      '{"a":[{"b":5}]}',
      5,
    ],
    ["", 0, true, "127.0.0.1", true],
    [8, true, true],
    ["GET", ["1"], 200],
  ]);
  assertMatch(requests[0], /^GET \/a\?b=c HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nX-Own: 1\r\n/);
});

Deno.test("requests of a VU share a connection; only the first has a connecting time", async () => {
  const { connections, metrics } = await iterate(
    `await get("/"); await get("/"); await get("/");`,
    () => ok("abc"),
  );
  assertEquals(connections, 1);
  assertEquals(metrics.http_reqs.values.count, 3);
  assertEquals(metrics.http_req_connecting.values.min, 0);
  assert(metrics.http_req_connecting.values.max > 0);
  assert(metrics.data_received.values.count === 3 * ok("abc").length);
});

Deno.test("noConnectionReuse opens a connection for each request", async () => {
  const { connections } = await iterate(`await get("/"); await get("/");`, () => ok(), {
    noConnectionReuse: true,
  });
  assertEquals(connections, 2);
});

Deno.test("a kept connection that the server closed is replaced without a failed request", async () => {
  let answered = 0;
  const { said, metrics } = await iterate(
    `
    const first = await get("/");
    await new Promise((wake) => setTimeout(wake, 30));
    const second = await get("/");
    say(first.status, second.status);`,
    () => ++answered === 2 ? null : ok(),
  );
  assertEquals(said, [[200, 200]]);
  assertEquals(metrics.http_req_failed.values.passes, 0);
});

Deno.test("statuses 200 to 399 are expected, unless the script sets others", async () => {
  const { said, metrics } = await iterate(
    `
    const statuses = [200, 304, 404, 500];
    for (const status of statuses) say((await get("/" + status)).error_code);
    await get("/404", { responseCallback: http.expectedStatuses({ min: 400, max: 404 }, 500) });
    http.setResponseCallback(http.expectedStatuses(404));
    await get("/404");
    await get("/500", { responseCallback: null });`,
    (head) => `HTTP/1.1 ${/\/(\d+)/.exec(head)![1]} X\r\nContent-Length: 0\r\n\r\n`,
    { thresholds: { "http_reqs{expected_response:false}": ["count==2"] } },
  );
  assertEquals(said, [[0], [0], [1404], [1500]]);
  assertEquals(metrics.http_req_failed.values.passes, 2);
  assertEquals(metrics.http_req_failed.values.fails, 4);
  assertEquals(metrics["http_reqs{expected_response:false}"].values.count, 2);
});

Deno.test("redirects are followed and counted, and 303 becomes GET without a body", async () => {
  const answer = (head: string) => {
    if (head.includes("/303")) {
      return "HTTP/1.1 303 X\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n";
    }
    if (head.includes("/307")) {
      return "HTTP/1.1 307 X\r\nLocation: end\r\nContent-Length: 0\r\n\r\n";
    }
    if (head.includes("/loop")) {
      return "HTTP/1.1 302 X\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n";
    }
    return ok(head.split(" ")[0] + (head.includes("body") ? " with body" : ""));
  };
  const { said, metrics, stderr } = await iterate(
    `
    const post = (path, params) => http.asyncRequest("POST", __ENV.URL + path, "body", params);
    const a = await post("/303"), b = await post("/307"), c = await post("/303", { redirects: 0 });
    const d = await get("/loop", { redirects: 3 });
    say(a.status, a.body, a.url === __ENV.URL + "/end", b.body, c.status, d.status);`,
    answer,
  );
  assertEquals(said, [[200, "GET", true, "POST with body", 303, 302]]);
  assertEquals(metrics.http_reqs.values.count, 2 + 2 + 1 + 4);
  assertStringIncludes(stderr, "Stopped after 3 redirects");
});

Deno.test("cookies last for an iteration and can be set, deleted and cleared", async () => {
  const cookies = (head: string) => /Cookie: (.*)\r/.exec(head)?.[1] ?? "";
  const { requests, said } = await iterate(
    `
    await get("/set");
    const jar = http.cookieJar();
    jar.set(__ENV.URL, "own", "2");
    const r = await get("/a/b", { cookies: { one: "1", sent: { value: "x", replace: true } } });
    say(jar.cookiesForURL(__ENV.URL + "/a"), (await get("/set")).cookies.sent[0].value);
    jar.delete(__ENV.URL, "own"); await get("/deleted");
    jar.clear(__ENV.URL); await get("/cleared");`,
    (head) => ok("", head.includes("/set") ? "Set-Cookie: sent=1; Path=/; HttpOnly\r\n" : ""),
    { iterations: 2 },
  );
  const per_iteration = ["", "own=2; one=1; sent=x", "sent=1; own=2", "sent=1", ""];
  assertEquals(requests.map(cookies), [...per_iteration, ...per_iteration]);
  assertEquals(said[0], [{ sent: ["1"], own: ["2"] }, "1"]);
});

Deno.test("the cookie jar is empty at the start of an iteration, unless noCookiesReset", async () => {
  const cookies = async (options: Record<string, unknown>) => {
    const { requests } = await iterate(
      `await get("/");`,
      () => ok("", "Set-Cookie: a=1\r\n"),
      { iterations: 2, ...options },
    );
    return requests.map((head) => head.includes("Cookie: a=1"));
  };
  assertEquals(await cookies({}), [false, false]);
  assertEquals(await cookies({ noCookiesReset: true }), [false, true]);
});

Deno.test("bodies are sent as text, form, multipart or bytes, with their content type", async () => {
  const { requests } = await iterate(
    `
    const post = (body, params) => http.asyncRequest("POST", __ENV.URL, body, params);
    await post("text");
    await post({ a: "1 2", b: "ü" });
    await post({ a: "1", f: http.file("data", "f.txt", "text/plain") });
    await post(new Uint8Array([65, 66]).buffer, { headers: { "Content-Type": "x/y" } });
    await post(null);`,
    () => ok(),
  );
  const [text, form, multipart, bytes, none] = requests;
  assert(text.endsWith("Content-Length: 4\r\n\r\ntext") && !text.includes("Content-Type"));
  assertStringIncludes(form, "Content-Type: application/x-www-form-urlencoded\r\n");
  assert(form.endsWith("\r\n\r\na=1+2&b=%C3%BC"));
  const boundary = /boundary=(\w+)/.exec(multipart)![1];
  assertStringIncludes(
    multipart,
    `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n` +
      `Content-Type: text/plain\r\n\r\ndata\r\n--${boundary}--\r\n`,
  );
  assert(bytes.includes("Content-Type: x/y\r\n") && bytes.endsWith("AB"));
  assertStringIncludes(none, "Content-Length: 0\r\n");
});

Deno.test("responseType and discardResponseBodies set the type of the body", async () => {
  const body = `
    const text = await get("/", { responseType: "text" });
    const binary = await get("/", { responseType: "binary" });
    const none = await get("/", { responseType: "none" }), normal = await get("/");
    say(text.body, new Uint8Array(binary.body).join(), none.body, normal.body);`;
  assertEquals((await iterate(body, () => ok("ab"))).said, [["ab", "97,98", null, "ab"]]);
  const discarded = await iterate(body, () => ok("ab"), { discardResponseBodies: true });
  assertEquals(discarded.said, [["ab", "97,98", null, null]]);
});

Deno.test("response bodies are decompressed, and compression applies to request bodies", async () => {
  const packed = gzipSync("unpacked");
  const head =
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
  const answer = new Uint8Array([...new TextEncoder().encode(head), ...packed]);
  const { said, requests } = await iterate(
    `
    say((await get("/")).body);
    await http.asyncRequest("POST", __ENV.URL, "body".repeat(50), { compression: "gzip" });`,
    () => answer,
  );
  assertEquals(said, [["unpacked"]]);
  assertStringIncludes(requests[1], "Content-Encoding: gzip\r\n");
});

Deno.test("user and password in a URL become basic authentication and never a tag", async () => {
  const { requests, metrics } = await iterate(
    `await http.asyncRequest("GET", __ENV.URL.replace("//", "//me:p%40ss@") + "/x");`,
    () => ok(),
    { thresholds: { "http_reqs{name:http://127.0.0.1/x}": ["count==0"] } },
  );
  assertStringIncludes(requests[0], `Authorization: Basic ${btoa("me:p@ss")}\r\n`);
  assert(!JSON.stringify(metrics).includes("p%40ss"));
});

Deno.test("http.url and the tag name group different URLs", async () => {
  const { metrics } = await iterate(
    `
    for (const id of [1, 2, 3]) await http.asyncRequest("GET", http.url\`\${__ENV.URL}/\${id}\`);
    await get("/9", { tags: { name: "nine", kind: "k" } });`,
    () => ok(),
    {
      thresholds: {
        "http_reqs{name:${}/${}}": ["count==3"],
        "http_reqs{name:nine,kind:k}": ["count==1"],
      },
    },
  );
  assertEquals(metrics["http_reqs{name:${}/${}}"].values.count, 3);
  assertEquals(metrics["http_reqs{name:nine,kind:k}"].values.count, 1);
});

Deno.test("hosts maps names and patterns to addresses, blockHostnames refuses names", async () => {
  await using server = serveBytes(() => ok("here"));
  const address = server.url.slice("http://".length);
  const port = address.split(":")[1];
  const { stderr } = await runScript(
    `
    import http from "k6/http";
    export const options = {
      hosts: {
        "shop.test": "${address}",
        "*.test": "127.0.0.1:1",
        "*.wild.test": "${address}",
        "*.wild.test:${port}": "127.0.0.1",
        "not.wild.test": "127.0.0.1:1",
      },
      blockHostnames: ["*.bad.test"],
    };
    export default async function () {
      const get = (host) => http.asyncRequest("GET", "http://" + host + "/");
      const found = [await get("shop.test"), await get("a.wild.test"), await get("b.wild.test:${port}")];
      const refused = [await get("not.wild.test"), await get("x.test"), await get("x.bad.test")];
      console.log(found.map((r) => r.body).join(), refused.map((r) => r.error_code).join());
    }`,
  );
  assertStringIncludes(stderr, "here,here,here 1212,1212,1111");
  const hosts = server.requests.map((head) => /Host: (.*)\r/.exec(head)![1]);
  assertEquals(hosts, ["shop.test", "a.wild.test", `b.wild.test:${port}`]);
});

Deno.test("rps limits the rate of all VUs together", async () => {
  const started_ms = performance.now();
  await iterate(`await get("/");`, () => ok(), { vus: 5, iterations: 10, rps: 50 });
  assert(performance.now() - started_ms >= 170);
});

Deno.test("unsupported methods of a response throw an error with their name", async () => {
  const { stderr } = await iterate(`(await get("/")).html();`, () => ok());
  assertStringIncludes(stderr, "response.html is not supported by this runner");
});
