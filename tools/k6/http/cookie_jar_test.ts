import { assertEquals, assertThrows } from "@std/assert";
import { CookieJar } from "./cookie_jar.ts";
import { parseSetCookie } from "./set_cookie.ts";

/** A jar after responses from the URL, at 1,000 s. */
function jarAfter(url: string, ...headers: string[]) {
  let now_ms = 1_000_000;
  const jar = new CookieJar(() => now_ms);
  for (const header of headers) {
    const cookie = parseSetCookie(header, now_ms);
    if (cookie !== null) jar.store(url, cookie);
  }
  return {
    jar,
    sent: (to: string) => jar.matching(to).map(({ pair }) => pair).join("; "),
    wait: (duration_ms: number) => now_ms += duration_ms,
  };
}

const DOMAINS: [set_by: string, attribute: string, sent_to: string, is_sent: boolean][] = [
  ["http://a.test/", "", "http://a.test:81/", true],
  ["http://a.test/", "", "http://b.a.test/", false],
  ["http://a.test/", "Domain=a.test", "http://b.a.test/", true],
  ["http://a.test/", "Domain=.A.TEST", "http://b.a.test/", true],
  ["http://b.a.test/", "Domain=a.test", "http://a.test/", true],
  ["http://a.test/", "Domain=a.test", "http://ba.test/", false],
  ["http://a.test/", "Domain=b.a.test", "http://b.a.test/", false],
  ["http://b.a.test/", "Domain=test", "http://a.test/", true],
  ["http://b.a.test/", "Domain=test", "http://other.test/", false],
  ["http://localhost/", "Domain=localhost", "http://localhost/", true],
  ["http://a.test/", "Domain=other.test", "http://other.test/", false],
  ["http://a.test/", "Domain=", "http://b.a.test/", false],
  ["http://a.test/", "Domain=a.test.", "http://a.test/", false],
  ["http://a.test/", "Domain=..a.test", "http://a.test/", false],
  ["http://a.test/", "Domain=a.test/x", "http://a.test/", false],
  ["http://bücher.test/", "Domain=Bücher.test", "http://x.xn--bcher-kva.test/", true],
  ["http://127.0.0.1/", "Domain=127.0.0.1", "http://127.0.0.1/", true],
  ["http://127.0.0.1/", "Domain=0.0.1", "http://127.0.0.1/", false],
  ["http://[::1]/", "", "http://[::1]:8080/", true],
];

for (const [set_by, attribute, sent_to, is_sent] of DOMAINS) {
  Deno.test(`a cookie of ${set_by} with ${attribute || "no domain"}: ${sent_to} ${is_sent}`, () => {
    assertEquals(jarAfter(set_by, `a=1; ${attribute}`).sent(sent_to) !== "", is_sent);
  });
}

const PATHS: [set_by: string, attribute: string, sent_to: string, is_sent: boolean][] = [
  ["/a/b", "", "/a/c", true],
  ["/a/b", "", "/a", true],
  ["/a/b", "", "/ab", false],
  ["/a/b/", "", "/a/b/c", true],
  ["/a/b/", "", "/a/", false],
  ["/", "Path=/a", "/a", true],
  ["/", "Path=/a", "/a/b", true],
  ["/", "Path=/a", "/ab", false],
  ["/", "Path=/a/", "/a", false],
  ["/x/y", "Path=a", "/x/z", true],
  ["/x/y", "Path=", "/x/z", true],
  ["/x/y", "Path=/q", "/q?r", true],
];

for (const [set_by, attribute, sent_to, is_sent] of PATHS) {
  Deno.test(`a cookie of ${set_by} with ${attribute || "no path"}: ${sent_to} ${is_sent}`, () => {
    const { sent } = jarAfter(`http://h.test${set_by}`, `a=1; ${attribute}`);
    assertEquals(sent(`http://h.test${sent_to}`) !== "", is_sent);
  });
}

Deno.test("matching returns longer paths first, then cookies created earlier", () => {
  const { sent } = jarAfter(
    "http://h.test/a/b/c",
    "root=1; Path=/",
    "x=1; Path=/a",
    "y=1; Path=/a/b",
    "z=1; Path=/a",
    "x=2; Path=/a", // keeps its place: RFC 6265 §5.3, step 11
    "x=3; Path=/",
  );
  assertEquals(sent("http://h.test/a/b/c"), "y=1; x=2; z=1; root=1; x=3");
});

Deno.test("a secure cookie is sent over TLS only", () => {
  const { sent } = jarAfter("http://h.test/", "a=1; Secure");
  assertEquals([sent("http://h.test/"), sent("https://h.test/")], ["", "a=1"]);
});

Deno.test("a cookie ends by Max-Age, by Expires, or when it is set again in the past", () => {
  const { jar, sent, wait } = jarAfter(
    "http://h.test/",
    "a=1; Max-Age=5",
    "b=1; Expires=Thu, 01 Jan 1970 00:16:50 GMT",
    "c=1",
    "d=1",
    "d=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "e=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
  );
  assertEquals(sent("http://h.test/"), "a=1; b=1; c=1");
  wait(5_000);
  assertEquals(sent("http://h.test/"), "b=1; c=1");
  wait(5_000);
  assertEquals(jar.cookiesForURL("http://h.test/"), { c: ["1"] });
});

Deno.test("jar.set writes cookies as Go's http.Cookie, and takes k6's options", () => {
  const { jar, sent } = jarAfter("http://h.test/");
  jar.set("http://h.test/x", "a", "hello world", { path: "/x", domain: "h.test" });
  jar.set("http://h.test/x", "b", '{"a":1};\r\n', { max_age: 5 });
  jar.set("http://h.test/x", "c", null, null);
  jar.set("http://h.test/x", "d", 5, { expires: "Mon, 02 Jan 2034 15:04:05 GMT" });
  jar.set("http://h.test/x", "e", "1", { expires: "Thu, 01 Jan 1970 00:00:00 GMT" });
  jar.set("http://h.test/x", "f", "1", { max_age: -1 });
  assertEquals(sent("http://h.test/x"), 'a="hello world"; b={a:1}; c=; d=5');
  assertEquals(jar.cookiesForURL("http://h.test/x").a, ["hello world"]);
  const set = () => jar.set("http://h.test/", "g", "1", { expires: "soon" });
  assertThrows(set, TypeError, 'expires must be a date such as "Mon, 02 Jan 2034');
});

Deno.test("a jar refuses what is not a URL and does not show its password", () => {
  const jar = new CookieJar();
  assertThrows(
    () => jar.set("http://me:secret@h:99999/", "a", "1"),
    TypeError,
    "Cannot use cookies of http://****:****@h:99999/: must be a URL",
  );
});

Deno.test("a jar keeps the latest 1,000 cookies", () => {
  const jar = new CookieJar(() => 0);
  for (let i = 0; i <= 1_000; i++) jar.set("http://h.test/", `c${i}`, "1");
  const names = Object.keys(jar.cookiesForURL("http://h.test/"));
  assertEquals([names.length, names[0]], [1_000, "c1"]);
});
