/** The dashboard's link to Prometheus. Needs Chromium; its target needs prometheus. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  FakeSource,
  freePort,
  hasProgram,
  Prometheus,
  serveSnapshot,
  type Service,
  startMetricsServer,
  until as untilSeen,
} from "../harness/mod.ts";
import { assertAccessible, IN_BROWSER, type OpenPage, openPage } from "./browser.ts";

const LINK = `document.querySelector("#switch-history")`;

/** Shows a row, and waits for its panel. */
async function choose({ evaluate, until }: OpenPage, id: string, metric: string): Promise<void> {
  const hash = new URLSearchParams({ switch: id, metric }).toString();
  await evaluate(`location.hash = ${JSON.stringify(hash)}; undefined`);
  const pressed = `#switch-metrics [aria-pressed="true"]`;
  await until(
    `document.querySelector("#switch-title").innerText.endsWith(${JSON.stringify(id)}) &&
      document.querySelector('${pressed}')?.dataset.metric === ${JSON.stringify(metric)}`,
  );
}

Deno.test(
  "Without PROMETHEUS_URL, a row has no link to Prometheus (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(serveSnapshot("switch_id,load\na,1\n", { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    await using opened = await openPage(server.url);
    await choose(opened, "a", "load");
    assertEquals(await opened.page.isVisible("#switch-history"), false);
    assertEquals(await opened.evaluate(`${LINK}.getAttribute("href")`), null);
    assertEquals(opened.problems, []);
  },
);

/** Ports of two switches, and rows whose single name has a colon and other characters. */
const PORTS = "node_guid,port_num,Load,PortRcvErrors\n0xa,1,1,10\n0xa,11,2,20\n0xb,1,3,30\n";
const ODD = 'le"af\\x{}:1';
const NAMES = `switch_id,Load,PortRcvErrors\n"${ODD.replace('"', '""')}",4,40\nle,5,50\n`;

const COUNTER = "rate(PortRcvErrors)";

Deno.test({
  name: "A row links to its own series in Prometheus (needs Chromium, prometheus)",
  ...IN_BROWSER,
  ignore: IN_BROWSER.ignore || !hasProgram("prometheus"),
  async fn() {
    const port = freePort();
    await using stack = new AsyncDisposableStack();
    const servers: Service[] = [];
    for (const csv of [PORTS, NAMES]) {
      const source = stack.use(new FakeSource(serveSnapshot(csv, { id: "boot1-1" })));
      const env = { METRICS_FABRIC: "on", PROMETHEUS_URL: `http://127.0.0.1:${port}/` };
      const server = stack.use(await startMetricsServer(source.url, env));
      await server.log.wait("poll.run");
      servers.push(server);
    }
    const prometheus = stack.use(
      await Prometheus.start(
        port,
        servers.map((server, i) => ({
          job: `fabric_${i}`,
          port: server.port,
          path: "/metrics/fabric",
        })),
      ),
    );
    for (
      const [server, id, labels, load] of [
        [servers[0], "0xa:1", { switch: "0xa", port: "1" }, 1],
        [servers[1], ODD, { switch: ODD }, 4],
      ] as const
    ) {
      await using opened = await openPage(server.url);
      await choose(opened, id, "Load");
      const shown = await seriesOfLink(opened, prometheus);
      assertEquals(shown.graph.map(({ value }) => value), [load]);
      for (const { labels: { __name__, instance: _, job: __, ...own } } of shown.row) {
        assertMatch(__name__, /^fabric_(Load|PortRcvErrors_total)$/);
        assertEquals(own, labels);
      }
      assertEquals(shown.row.length, 2);
      await choose(opened, id, COUNTER);
      const rates = await seriesOfLink(opened, prometheus);
      assertEquals(rates.graph.map(({ value, labels }) => [value, labels.switch]), [
        [0, labels.switch],
      ]);
      await assertAccessible(opened);
      await assertOpens(opened, port);
      assertEquals(opened.problems, []);
    }
  },
});

/** What the link's queries find once Prometheus has scraped twice. */
async function seriesOfLink({ evaluate }: OpenPage, prometheus: Prometheus) {
  const { searchParams } = new URL(await evaluate<string>(`${LINK}.href`));
  assertEquals(searchParams.has("g2.expr"), false);
  const [graph, row] = ["g0.expr", "g1.expr"].map((name) => searchParams.get(name)!);
  return await untilSeen(`a result of ${graph}`, async () => {
    const found = { graph: await prometheus.series(graph), row: await prometheus.series(row) };
    return found.graph.length > 0 && found.row.length > 0 && found;
  });
}

/** Clicks on the link: its page opens beside the dashboard, without access to it. */
async function assertOpens({ page, evaluate }: OpenPage, port: number): Promise<void> {
  const pages: { url(): string; evaluate(code: string): Promise<unknown> }[] = [];
  page.on("popup", (popup) => pages.push(popup));
  const href = await evaluate<string>(`${LINK}.href`);
  await page.click("#switch-history");
  const popup = await untilSeen("Prometheus' page", () => pages[0]);
  await untilSeen(
    "its address",
    () => popup.url().startsWith(`http://127.0.0.1:${port}/`) || undefined,
  );
  assert(href.startsWith(`http://127.0.0.1:${port}/graph?g0.expr=`), href);
  assertEquals(await popup.evaluate("[window.opener, document.referrer]"), [null, ""]);
}
