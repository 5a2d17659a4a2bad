/** Data reaches the dashboard by stream, or by polling without a stream. Needs Chromium. */
import { assertEquals } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  freePort,
  request,
  serveSnapshot,
  type Service,
  startMetricsServer,
  stats,
  until as untilSeen,
  wideSample,
} from "../harness/mod.ts";
import { IN_BROWSER, openPage } from "./browser.ts";

const text = (selector: string) => `document.querySelector("${selector}").innerText`;
const shows = (id: string) => `${text("#fact-snapshot")} === "snapshot ${id}"`;
const CELL = `document.querySelector('#table-body tr[data-place="0"]').children[1].innerText`;

async function streamsOpen(server: Service): Promise<number> {
  const { text } = await request(server, "/metrics");
  return Number(/^fabric_telemetry_streams_open\{transport="sse"\} (\d+)$/m.exec(text)![1]);
}

Deno.test(
  "Dashboard follows the stream without lists, also after a restart (needs Chromium)",
  IN_BROWSER,
  async () => {
    const PORT = freePort();
    await using source = new FakeSource(serveSnapshot(fabricSample(64), { id: "boot1-1" }));
    const server = await startMetricsServer(source.url, { PORT });
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    await server.log.wait("poll.run");
    const opened = stack.use(await openPage(server.url));
    await opened.until(shows("boot1-1"));
    for (let n = 2; n <= 4; n++) {
      source.behavior = serveSnapshot(fabricSample(64, n), { id: `boot1-${n}` });
      await opened.until(shows(`boot1-${n}`));
      assertEquals(await opened.evaluate(CELL), String(100 + n / 8));
    }
    assertEquals([await streamsOpen(server), (await stats(server)).endpoints.ListMetrics.count], [
      1,
      0,
    ]);

    await server.stop();
    await opened.until(`${text("#verdict")} === "No answer"`);
    const again = stack.use(await startMetricsServer(source.url, { PORT }));
    await untilSeen("a stream again", async () => await streamsOpen(again) === 1);
    source.behavior = serveSnapshot(fabricSample(64, 9), { id: "boot1-9" });
    await opened.until(shows("boot1-9"));
    await opened.until(`${text("#verdict")} === "Fresh"`);
    assertEquals(opened.problems, []);
  },
);

/** A snapshot of about 5 MB, more than any page polls in time on a slow link. */
const WIDE = { rows: 5_000, fields: 41 };

Deno.test(
  "Dashboard follows the changes of a wide fabric after one list (needs Chromium)",
  IN_BROWSER,
  async () => {
    const sample = wideSample(WIDE.rows, WIDE.fields);
    const snapshot = (n: number) =>
      serveSnapshot(sample.replace(/,1\d{9}/, `,${n}`), { id: `boot1-${n}` });
    await using source = new FakeSource(snapshot(1));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    await using opened = await openPage(`${server.url}#values=raw`);
    for (let n = 1; n <= 3; n++) {
      source.behavior = snapshot(n);
      await opened.until(shows(`boot1-${n}`));
      assertEquals(await opened.evaluate(CELL), String(n));
    }
    assertEquals([await streamsOpen(server), (await stats(server)).endpoints.ListMetrics.count], [
      1,
      1,
    ]);
    assertEquals(opened.problems, []);
  },
);
