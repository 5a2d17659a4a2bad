import { assertEquals } from "@std/assert";
import { iterate, KEEP_SUMMARY, ok, runScript, said } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";

/** The values of the Cookie lines of requests. */
const sentCookies = (requests: readonly string[]) =>
  requests.map((head) => [...head.matchAll(/^cookie: ?(.*)\r$/gim)].map(([, value]) => value));

const redirect = (to: string, headers = "", status = 302) =>
  `HTTP/1.1 ${status} X\r\nLocation: ${to}\r\nContent-Length: 0\r\n${headers}\r\n`;

for (const header of ["Cookie", "cookie", "COOKIE"]) {
  for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]) {
    Deno.test(`${method} sends jar, params and the header ${header} in one Cookie header`, async () => {
      const { requests } = await iterate(
        `
        http.cookieJar().set(__ENV.URL, "jar", "1");
        await http.asyncRequest("${method}", __ENV.URL, null, {
          cookies: { param: "2" }, headers: { "${header}": "a=3; b=4" },
        });`,
        (head) => head.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" : ok(),
      );
      assertEquals(sentCookies(requests), [["jar=1; a=3; b=4; param=2"]]);
    });
  }
}

Deno.test("headers of two cases are merged, empty parts are left out", async () => {
  const { requests } = await iterate(
    `
    await get("/", { headers: { Cookie: "a=1; ;b=2;", cookie: " c=3 " } });
    await get("/", { headers: { Cookie: "" } });
    await get("/", { cookies: {} });`,
    () => ok(),
  );
  assertEquals(sentCookies(requests), [["a=1; b=2; c=3"], [], []]);
});

Deno.test("a cookie of params replaces the jar's with `replace: true`, and never enters the jar", async () => {
  const { requests, said } = await iterate(
    `
    const jar = http.cookieJar();
    jar.set(__ENV.URL, "a", "jar"); jar.set(__ENV.URL, "b", "jar");
    await get("/", { cookies: { a: { value: "own", replace: true }, b: "own" } });
    await get("/", { cookies: { n: 5, v: { value: 6 }, none: null, text: "hello world" } });
    say(jar.cookiesForURL(__ENV.URL));`,
    () => ok(),
  );
  assertEquals(sentCookies(requests), [
    ["b=jar; a=own; b=own"],
    ['a=jar; b=jar; n=5; v=6; none=; text="hello world"'],
  ]);
  assertEquals(said, [[{ a: ["jar"], b: ["jar"] }]]);
});

Deno.test("redirects carry the jar's new cookies and the request's own, without renewed ones", async () => {
  const { requests } = await iterate(
    `
    await get("/start", {
      headers: { cookie: "h=1; renewed=old" }, cookies: { p: "2", gone: "3" }, jar: new http.CookieJar(),
    });`,
    (head) =>
      head.includes("/start")
        ? redirect(
          "/end",
          "Set-Cookie: renewed=new\r\nSet-Cookie: deep=1; Path=/end\r\n" +
            "Set-Cookie: gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        )
        : ok(),
  );
  assertEquals(sentCookies(requests), [
    ["h=1; renewed=old; p=2; gone=3"],
    ["deep=1; renewed=new; h=1; p=2"],
  ]);
});

Deno.test("a redirect to another host carries neither the request's cookies nor the jar's", async () => {
  const { requests } = await iterate(
    `
    http.cookieJar().set(__ENV.URL, "jar", "1");
    await get("/start", { headers: { Cookie: "h=1", Authorization: "x" }, cookies: { p: "2" } });`,
    (head) =>
      head.includes("/start")
        ? redirect(`http://localhost:${/Host: [^:]*:(\d+)/.exec(head)![1]}/`)
        : ok(),
  );
  assertEquals(sentCookies(requests), [["jar=1; h=1; p=2"], []]);
  assertEquals(requests[1].includes("Authorization"), false);
});

Deno.test("response.request lists the headers and cookies that were sent", async () => {
  const { said } = await iterate(
    `
    http.cookieJar().set(__ENV.URL, "j", "1");
    const { request } = await get("/", {
      headers: { "x-own": "a", cookie: "h=x=y" }, cookies: { p: { value: "2", replace: true } },
    });
    const { Cookie, "X-Own": own } = request.headers;
    say(Cookie, own, request.cookies);`,
    () => ok(),
  );
  assertEquals(said, [[["j=1; h=x=y; p=2"], ["a"], {
    j: [{ name: "j", value: "1", replace: false }],
    h: [{ name: "h", value: "x=y", replace: false }],
    p: [{ name: "p", value: "2", replace: true }],
  }]]);
});

Deno.test("a local jar keeps its cookies apart from the VU's", async () => {
  const { requests } = await iterate(
    `
    const jar = new http.CookieJar();
    await get("/set", { jar });
    await get("/", { jar });
    await get("/");`,
    (head) => ok("", head.includes("/set") ? "Set-Cookie: a=1\r\n" : ""),
  );
  assertEquals(sentCookies(requests), [[], ["a=1"], []]);
});

Deno.test("cookies may have the names of an object's properties", async () => {
  const { said, requests } = await iterate(
    `
    const { cookies } = await get("/");
    say(cookies.constructor[0].value, Object.keys(cookies));
    say(http.cookieJar().cookiesForURL(__ENV.URL).constructor);
    await get("/");`,
    () => ok("", "Set-Cookie: constructor=1\r\nSet-Cookie: __proto__=2\r\n"),
  );
  assertEquals(said, [["1", ["constructor", "__proto__"]], [["1"]]]);
  assertEquals(sentCookies(requests), [[], ["constructor=1; __proto__=2"]]);
});

Deno.test("a malformed Set-Cookie breaks no later request", async () => {
  const { requests, metrics } = await iterate(
    `await get("/"); await get("/");`,
    () => ok("", "Set-Cookie: a=\x01\r\nSet-Cookie:\r\nSet-Cookie: ;;=\r\nSet-Cookie: b=1\r\n"),
  );
  assertEquals(sentCookies(requests), [[], ["b=1"]]);
  assertEquals(metrics.http_req_failed.values.passes, 0);
});

Deno.test("requests of a batch and blocking calls send one Cookie header each; VUs share no jar", async () => {
  await using server = serveBytes((head) =>
    ok("", head.includes("/set") ? "Set-Cookie: a=1\r\n" : "")
  );
  const { stderr } = await runScript(
    `
    import http from "k6/http";
    export const options = { vus: 2, iterations: 2 };
    const params = { headers: { cookie: "h=2" }, cookies: { p: "3" } };
    export default function () {
      if (__VU === 1) http.get(__ENV.URL + "/set");
      http.batch([["GET", __ENV.URL + "/" + __VU, null, params],
        { method: "POST", url: __ENV.URL + "/" + __VU, params }]);
    }${KEEP_SUMMARY}`,
    { env: { URL: server.url } },
  );
  assertEquals(said(stderr), []);
  const of = (path: string) => sentCookies(server.requests.filter((head) => head.includes(path)));
  assertEquals(of(" /1 "), [["a=1; h=2; p=3"], ["a=1; h=2; p=3"]]);
  assertEquals(of(" /2 "), [["h=2; p=3"], ["h=2; p=3"]]);
});
