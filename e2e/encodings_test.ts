/** Compressed bodies and charsets, from the source to the answers. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { latin1, utf16 } from "../metrics_server/testing/bodies.ts";
import { joinBytes } from "../platform/mod.ts";
import {
  getMetric,
  listMetrics,
  startMetricsServer,
  stats,
  together,
  until,
} from "./harness/mod.ts";

const rows = Array.from({ length: 201 }, (_, n) => `sw-${n},${n}\n`).join("");
const CSV = `switch_id,x\n${rows}`;
const CUT = CSV.indexOf("sw-99,9") + "sw-99,9".length;
const TOWNS = "switch_id,Temp °C,Straße\nKöln,41,Süd\n";

/** A source of this body on a path of one server. */
type Served = [path: string, headers: Record<string, string>, body: Uint8Array];

async function startSources(served: readonly Served[]) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const [, headers, body] = served.find(([path]) => url.endsWith(`/${path}`))!;
    return new Response(new Uint8Array(body), {
      headers: { "content-type": "text/csv", ...headers },
    });
  });
  const urls = served.map(([path]) => `http://127.0.0.1:${server.addr.port}/${path}`);
  const metrics = await startMetricsServer(urls.join(","));
  return {
    metrics,
    async [Symbol.asyncDispose]() {
      await metrics[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

Deno.test("a body of two gzip members is served whole, its cut value too", async () => {
  const members = joinBytes([gzipSync(CSV.slice(0, CUT)), gzipSync(CSV.slice(CUT))]);
  await using sources = await startSources([["gzip", { "content-encoding": "gzip" }, members]]);
  const { metrics } = sources;
  await metrics.log.wait("poll.run");
  for (const [id, value] of [["sw-99", 99], ["sw-100", 100], ["sw-200", 200]] as const) {
    assertEquals((await getMetric(metrics, id, "x")).json().value, value);
  }
  assertEquals((await listMetrics(metrics)).json().items.length, 201);
});

const CHARSETS: Served[] = [
  ["iso-8859-1", { "content-type": "text/csv; charset=ISO-8859-1" }, latin1(TOWNS)],
  ["quoted", { "content-type": 'text/csv; header=present; Charset="latin1"' }, latin1(TOWNS)],
  ["utf-8", { "content-type": "text/csv; charset=utf-8" }, new TextEncoder().encode(TOWNS)],
  ["undeclared", {}, new TextEncoder().encode(TOWNS)],
  ["utf-8-mark", {}, new TextEncoder().encode(`\ufeff${TOWNS}`)],
  ["utf-16le-mark", {}, utf16(`\ufeff${TOWNS}`, true)],
  ["utf-16be-mark", { "content-type": "text/csv; charset=latin1" }, utf16(`\ufeff${TOWNS}`, false)],
  ["utf-16le", { "content-type": "text/csv; charset=utf-16le" }, utf16(TOWNS, true)],
  [
    "latin1-gzip",
    { "content-type": "text/csv; charset=latin1", "content-encoding": "gzip" },
    gzipSync(latin1(TOWNS)),
  ],
];

for (const served of CHARSETS) {
  Deno.test(`umlauts of ids, columns and cells are served from ${served[0]}`, async () => {
    await using sources = await startSources([served]);
    const { metrics } = sources;
    await metrics.log.wait("poll.run");
    const metric = await getMetric(metrics, "Köln", "Temp °C");
    assertEquals([metric.status, metric.json().value], [200, 41]);
    const list = (await listMetrics(metrics)).json();
    assertEquals(list.items, [{ switch_id: "Köln", "Temp °C": 41, "Straße": "Süd" }]);
  });
}

const REFUSED: [path: string, headers: Served[1], body: Uint8Array, detail: string][] = [
  ["zstd", { "content-encoding": "zstd" }, gzipSync(CSV), 'Content-Encoding "zstd" is unknown'],
  ["raw-gzip", {}, gzipSync(CSV), "looks gzip-compressed, which no Content-Encoding declares"],
  ["raw-zlib", {}, deflateSync(CSV), "looks deflate (zlib)-compressed"],
  ["raw-br", {}, brotliCompressSync(CSV), "the body is not text: it begins with bytes"],
  [
    "no-gzip",
    { "content-encoding": "gzip" },
    latin1(CSV),
    "declares gzip, but the body begins with",
  ],
  ["charset", { "content-type": "text/csv; charset=klingon" }, latin1(CSV), '"klingon"'],
];

Deno.test("bodies that cannot be decoded are refused with a printable reason", async (t) => {
  await using sources = await startSources(
    REFUSED.map(([path, headers, body]): Served => [path, headers, body]),
  );
  const { metrics } = sources;
  await until(
    "every source failed",
    async () => (await stats(metrics)).sources.every(({ last_error }) => last_error !== null),
  );
  const shown = (await stats(metrics)).sources;
  await together(
    t,
    Object.fromEntries(REFUSED.map(([path, , , detail], source) => [path, async () => {
      const { cause, detail: found } = shown[source].last_error!;
      assertEquals(cause, "encoding");
      assertStringIncludes(found, detail);
      const logged = await metrics.log.wait(
        "poll.error",
        ({ source: url }) => url === shown[source].url,
      );
      for (const text of [found, String(logged.detail)]) assert(!/\p{Cc}/u.test(text), text);
    }])),
  );
});
