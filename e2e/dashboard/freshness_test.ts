/** The dashboard shows the service's verdict on freshness. Needs Chromium. */
import { assertEquals, assertMatch } from "@std/assert";
import { FakeSource, serveSnapshot, startMetricsServer } from "../harness/mod.ts";
import { assertAccessible, IN_BROWSER, openPage } from "./browser.ts";

const text = (selector: string) => `document.querySelector("${selector}").innerText`;
const HOUR_MS = 3_600_000;

/** Rows with a time of their own, given by their ages. */
const timed = (...ages_ms: number[]) =>
  "timestamp_ms,switch_id,load\n" +
  ages_ms.map((age_ms, row) => `${Date.now() - age_ms},sw-${row},${row}\n`).join("");

Deno.test(
  "Dashboard never calls a frozen source fresh, also after a reload (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(serveSnapshot(timed(HOUR_MS, HOUR_MS), { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    await using opened = await openPage(server.url);
    for (const _ of ["opened", "reloaded"]) {
      await opened.until(`${text("#verdict")} === "Age unknown to be good"`);
      await opened.until(`/^1\\s*h/.test(${text("#age")})`);
      await assertAccessible(opened);
      await opened.page.goto(server.url);
    }
    assertEquals(opened.problems, []);
  },
);

Deno.test(
  "Dashboard counts stale rows and shows only them on demand (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(serveSnapshot(timed(0, HOUR_MS, 0), { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url, { FRESH_BOUND_MS: 600_000 });
    await using opened = await openPage(server.url);
    await opened.until(`${text("#stale")}.startsWith("1 of 3 switches stale, the oldest 1")`);
    assertEquals(await opened.page.innerText("#verdict"), "Fresh");
    await opened.page.click("#stale");
    await opened.until(`${text("#table-note")} === "1 of 3 switches"`);
    assertMatch(await opened.page.innerText('#table-body tr[data-place="0"]'), /^sw-1\b/);
    assertEquals(await opened.evaluate("location.hash"), "#rows=stale");
    assertEquals(opened.problems, []);
  },
);

Deno.test(
  "Dashboard shows sources in gray while the service is gone (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(serveSnapshot(timed(0), { id: "boot1-1" }));
    const server = await startMetricsServer(source.url);
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const opened = stack.use(await openPage(server.url));
    const level = `document.querySelector("#sources li").dataset.level`;
    await opened.until(`document.querySelector("#sources li") !== null && ${level} === "ok"`);
    await server.stop();
    await opened.until(`${level} === "gone"`);
    await opened.until(`${text("#sources")}.startsWith("not known")`);
    await assertAccessible(opened);
    assertEquals(opened.problems, []);
  },
);
