import { assertEquals } from "@std/assert";
import { ActiveFaults } from "./active_faults.ts";
import { control } from "./control_api.ts";
import { zeroCounters } from "./client_connection.ts";

function api() {
  const faults = new ActiveFaults({ now: () => 0, after: () => () => {}, randomOf: () => () => 0 });
  const parts = { faults, counters: zeroCounters(), now: () => 500 };
  return async (method: string, path: string, body?: unknown, headers?: HeadersInit) => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const request = new Request(`http://x${path}`, {
      method,
      body: text,
      headers: headers ?? { host: "127.0.0.1:8666" },
    });
    const response = await control(request, parts);
    return { status: response.status, json: await response.json() };
  };
}

Deno.test("PUT puts a fault on that GET lists and DELETE lifts", async () => {
  const call = api();
  const put = await call("PUT", "/faults/1-x", { kind: "http.html", for_ms: 1_000 });
  assertEquals(put.status, 200);
  assertEquals((await call("GET", "/faults")).json.faults, [{
    id: "1-x",
    kind: "http.html",
    params: {},
    hits: 0,
    expires_in_ms: 1_000 + 2_000 - 500,
  }]);
  assertEquals((await call("DELETE", "/faults/1-x")).json, { lifted: true });
  assertEquals((await call("DELETE", "/faults/1-x")).json, { lifted: false });
  assertEquals((await call("GET", "/faults")).json.faults, []);
});

Deno.test("A page of another site neither sets nor lifts a fault, nor reads them", async () => {
  const call = api();
  await call("PUT", "/faults/a", { kind: "http.html" });
  const foreign: HeadersInit[] = [
    { host: "127.0.0.1:8666", origin: "http://elsewhere.example" },
    { host: "127.0.0.1:8666", "sec-fetch-site": "cross-site" },
    { host: "rebound.example:8666" },
  ];
  for (const headers of foreign) {
    const refused = [
      await call("PUT", "/faults/b", { kind: "http.html" }, headers),
      await call("DELETE", "/faults/a", undefined, headers),
      await call("POST", "/reset", undefined, headers),
      await call("GET", "/faults", undefined, headers),
    ];
    assertEquals(refused.map(({ status }) => status), [403, 403, 403, 403]);
  }
  const { faults } = (await call("GET", "/faults")).json;
  assertEquals(faults.map(({ id }: { id: string }) => id), ["a"]);
});

Deno.test("POST /reset lifts all faults and keeps the counters", async () => {
  const call = api();
  await call("PUT", "/faults/a", { kind: "http.html" });
  await call("POST", "/reset");
  assertEquals((await call("GET", "/faults")).json.faults, []);
  assertEquals((await call("GET", "/counters")).json.hits, { a: 0 });
});

for (
  const [path, body, error] of [
    [
      "/faults/a%20b",
      { kind: "http.html" },
      "id=a%20b: must be 1–64 letters, digits, dots, dashes or underscores",
    ],
    ["/faults/a", "{", 'body must be a JSON object, got "{"'],
    ["/faults/a", "[]", 'body must be a JSON object, got "[]"'],
    [
      "/faults/a",
      { kind: "http.html", for_ms: -1 },
      "http.html for_ms=-1: must be a number of 0–3600000 ms",
    ],
    [
      "/faults/a",
      { kind: "http.slow_first_byte", params: { delay_ms: 0 } },
      "http.slow_first_byte delay_ms=0: must be a whole number of 1–60000 ms",
    ],
  ] as const
) {
  Deno.test(`PUT ${path} ${JSON.stringify(body)} is refused: ${error}`, async () => {
    const answer = await api()("PUT", path, body);
    assertEquals([answer.status, answer.json.error], [400, error]);
  });
}

Deno.test("an unknown call returns 404", async () => {
  const { status, json } = await api()("GET", "/nonsense");
  assertEquals([status, json.error], [404, "GET /nonsense: no such call"]);
});
