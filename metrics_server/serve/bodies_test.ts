import { assertEquals } from "@std/assert";
import { CSV, testedOn, wide } from "../testing/test_server.ts";

const LIST = "/telemetry/ListMetrics";

const REQUESTS: readonly Record<string, string>[] = [
  {},
  { "if-none-match": "*" },
  { "accept-encoding": "gzip" },
];

Deno.test("Every list and its 304 sends Vary: accept-encoding", async () => {
  for (const query of ["", "format=csv", "fields=a"]) {
    for (const headers of REQUESTS) {
      const response = await testedOn(wide(2)).request(`${LIST}?${query}`, { headers });
      assertEquals(response.headers.get("vary"), "accept-encoding", query);
      await response.body?.cancel();
    }
  }
});

async function unzipped(response: Response): Promise<string> {
  assertEquals(response.headers.get("content-encoding"), "gzip");
  assertEquals(response.headers.get("vary"), "accept-encoding");
  return await new Response(response.body!.pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("Every kind of list is gzipped on request, with the same content", async () => {
  const headers = { "accept-encoding": "gzip, br" };
  const cases: [csv: string, query: string][] = [
    [wide(100), ""],
    [wide(60_000), ""],
    [wide(100), "?limit=90"],
    [wide(10_000), "?format=csv"],
  ];
  for (const [csv, query] of cases) {
    const tested = testedOn(csv);
    const plain = await tested.request(LIST + query);
    assertEquals(plain.headers.get("content-encoding"), null);
    const text = await plain.text();
    const first = await tested.request(LIST + query, { headers });
    const second = await tested.request(LIST + query, { headers });
    assertEquals(first.headers.get("etag"), plain.headers.get("etag"));
    assertEquals([await unzipped(first) === text, await unzipped(second) === text], [true, true]);
    tested.now_ms += 7;
    const later = await unzipped(await tested.request(LIST + query, { headers }));
    assertEquals(later === text.replace('"age_ms":820', '"age_ms":827'), true);
  }
});

for (const accept of ["identity", "br", "gzip;q=0", "gzip;q=0.1, identity"]) {
  Deno.test(`A list is not gzipped for Accept-Encoding: ${accept}`, async () => {
    const headers = { "accept-encoding": accept };
    const response = await testedOn(wide(100)).request(LIST, { headers });
    assertEquals(response.headers.get("content-encoding"), null);
    await response.text();
  });
}

Deno.test("Short lists are not compressed", async () => {
  const headers = { "accept-encoding": "gzip" };
  const response = await testedOn(CSV).request(LIST, { headers });
  assertEquals(response.headers.get("content-encoding"), null);
  await response.text();
});
