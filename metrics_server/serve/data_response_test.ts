import { assertEquals } from "@std/assert";
import { FilledStore, TestServer } from "../testing/test_server.ts";
import { ageBound, ageOf, readMaxAge } from "./data_response.ts";

const TAKEN_MS = 1_764_000_000_123;
const NOW_MS = TAKEN_MS + 5000;

/** A source whose row `sw-0` is a second older than the snapshot. */
const CSV = `switch_id,m,timestamp\nsw-0,1,${TAKEN_MS - 1000}456\nsw-1,2,${TAKEN_MS}456\n`;

const LIST = "/telemetry/ListMetrics";
const ANSWERS: [path: string, init: RequestInit, age_ms: number][] = [
  ["/telemetry/GetMetric?switch_id=sw-0&metric=m", {}, 6000],
  ["/telemetry/GetMetric?switch_id=sw-1&metric=m", { method: "HEAD" }, 5000],
  [LIST, {}, 5000],
  [LIST, { method: "HEAD" }, 5000],
  [LIST, { headers: { "if-none-match": "*" } }, 5000],
  [`${LIST}?limit=1`, {}, 5000],
  [`${LIST}?switch_id=sw-0`, { headers: { "if-none-match": "*" } }, 5000],
  [`${LIST}?format=csv`, {}, 5000],
  [`${LIST}?format=ndjson&fields=m`, {}, 5000],
  ["/metrics/fabric", {}, 5000],
  ["/metrics/fabric", { method: "HEAD" }, 5000],
];

for (const [path, init, age_ms] of ANSWERS) {
  const words = [init.method ?? "GET", path, init.headers === undefined ? "" : "304"].join(" ");
  Deno.test(`X-Snapshot-Ts and X-Data-Age-Ms are one age: ${words.trim()}`, async () => {
    const filled = new FilledStore().take(CSV, "b-1", NOW_MS);
    const server = new TestServer(filled.store, { fabric_series_max: 10 });
    server.now_ms = NOW_MS;
    const ages = async () => {
      const { headers, body } = await server.request(path, init);
      await body?.cancel();
      const ts = headers.get("x-snapshot-ts");
      return [server.now_ms - Number(ts), Number(headers.get("x-data-age-ms"))];
    };
    // The headers have whole milliseconds; rows have µs.
    assertEquals(await ages(), [age_ms, age_ms - 1]);
    assertEquals(await ages(), [age_ms, age_ms - 1], "from memory");
    filled.age(NOW_MS - 60_000);
    assertEquals(await ages(), [60_000, 60_000], "after an answer showed that it is older");
  });
}

Deno.test("ageOf() returns whole milliseconds, rounded down, never below zero", () => {
  assertEquals([ageOf(1000, 1820.9), ageOf(1000, 1000), ageOf(2000, 1000)], [820, 0, 0]);
});

Deno.test("ageBound() returns the smaller bound and its name", () => {
  assertEquals(ageBound(5, 10), { max_ms: 5, bound: "max_age_ms" });
  assertEquals(ageBound(10, 5), { max_ms: 5, bound: "MAX_STALE_MS" });
  assertEquals(ageBound(Infinity, Infinity).max_ms, Infinity);
});

Deno.test("readMaxAge() accepts digits only", () => {
  assertEquals([readMaxAge(null), readMaxAge("0"), readMaxAge("5000")], [Infinity, 0, 5000]);
  for (const bad of ["", "-1", "1.5", "1e3", " 1", "0x1", "9".repeat(16)]) {
    assertEquals(readMaxAge(bad), null, `of ${JSON.stringify(bad)}`);
  }
});
