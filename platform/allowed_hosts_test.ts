import { assertEquals, assertStringIncludes } from "@std/assert";
import { allowedHosts, allowedHostsProblem, foreignCaller } from "./allowed_hosts.ts";

const CASES: readonly [setting: string, host: string, is_allowed: boolean][] = [
  ["", "127.0.0.1:8080", true],
  ["", "192.0.2.7", true],
  ["", "[::1]:8080", true],
  ["", "[2001:db8::1]", true],
  ["", "localhost:8080", true],
  ["", "LOCALHOST.", true],
  ["", "fabric.localhost:8080", true],
  ["", "metrics-server:8080", true],
  ["", "elsewhere.example:8080", false],
  ["", "127.0.0.1.elsewhere.example", false],
  ["", "1.2.3.4.5", false],
  ["", "user@127.0.0.1", false],
  ["", "localhost.elsewhere.example", false],
  ["telemetry.example", "telemetry.example:443", true],
  ["telemetry.example", "Telemetry.Example.", true],
  ["telemetry.example", "a.telemetry.example", false],
  ["telemetry.example", "atelemetry.example", false],
  [" a.example , *.b.example ", "x.y.b.example", true],
  ["a.example,*.b.example", "b.example", false],
  ["a.example,*.b.example", "xb.example", false],
  ["*", "elsewhere.example", true],
];

for (const [setting, host, is_allowed] of CASES) {
  Deno.test(`ALLOWED_HOSTS=${setting} ${is_allowed ? "answers" : "refuses"} ${host}`, () => {
    assertEquals(allowedHosts(setting)(host), is_allowed);
  });
}

Deno.test("ALLOWED_HOSTS is a list of names without ports", () => {
  for (const setting of ["", "*", "a.example, *.b.example", "a_b"]) {
    assertEquals(allowedHostsProblem(setting), undefined, setting);
  }
  for (const wrong of ["a.example:8080", "http://a.example", "a.*.example", "*example", "a..b"]) {
    assertStringIncludes(allowedHostsProblem(`x.example,${wrong}`)!, `${wrong}: must be names`);
  }
});

const CALLERS: readonly [headers: Record<string, string>, is_foreign: boolean][] = [
  [{ host: "127.0.0.1:8666" }, false],
  [{ host: "localhost:8666", "sec-fetch-site": "none" }, false],
  [{ host: "127.0.0.1:8666", origin: "http://elsewhere.example" }, true],
  [{ host: "127.0.0.1:8666", origin: "null" }, true],
  [{ host: "127.0.0.1:8666", "sec-fetch-site": "cross-site" }, true],
  [{ host: "127.0.0.1:8666", "sec-fetch-site": "same-origin" }, true],
  [{ host: "rebound.example:8666" }, true],
  [{}, true],
];

for (const [headers, is_foreign] of CALLERS) {
  Deno.test(`A control API ${is_foreign ? "refuses" : "answers"} ${JSON.stringify(headers)}`, () => {
    assertEquals(foreignCaller({ headers: new Headers(headers) }) !== null, is_foreign);
  });
}
