import { assertEquals } from "@std/assert";
import { metricsResponse } from "./metrics_response.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const FAMILIES = [{
  name: "up",
  type: "gauge",
  help: "Up.",
  samples: [{ labels: {}, value: 1 }],
}] as const;

const scrape = (accept: string | null, method = "GET") =>
  metricsResponse({ method, headers: new Headers(accept === null ? {} : { accept }) }, FAMILIES);

for (
  const [accept, type] of [
    [null, TEXT],
    ["*/*", TEXT],
    ["text/html", TEXT],
    ["text/plain", TEXT],
    ["application/openmetrics-text", OPEN],
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", OPEN],
    ["application/openmetrics-text; version=2.0.0", TEXT],
    ["text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT],
    // The header of Prometheus 2.42.
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;" +
      "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      OPEN,
    ],
  ] as const
) {
  Deno.test(`Accept: ${accept} gets metrics as ${type.split(";")[0]}`, async () => {
    const response = scrape(accept);
    assertEquals(response.headers.get("content-type"), type);
    const text = await response.text();
    assertEquals(text.endsWith("# EOF\n"), type === OPEN);
    assertEquals(response.headers.get("content-length"), String(text.length));
  });
}

Deno.test("HEAD of metrics has the headers of GET and no body", async () => {
  const [get, head] = [scrape("*/*"), scrape("*/*", "HEAD")];
  assertEquals([...head.headers], [...get.headers]);
  assertEquals([await head.text(), await get.text()], ["", await scrape(null).text()]);
});
