/** The dashboard over ports with long ids that share their prefix. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { inTurn, startDataServer, startMetricsServer } from "../harness/mod.ts";
import { assertAccessible, IN_BROWSER, openPage } from "./browser.ts";

const text = (selector: string) => `document.querySelector("${selector}").innerText`;
const HAS_DATA = `document.querySelectorAll("#table-body tr[data-place]").length > 0`;

Deno.test("Dashboard over UFM's ports (needs Chromium)", IN_BROWSER, async (t) => {
  const [DATA_SWITCHES, DATA_PORTS] = [2, 40];
  await using data = await startDataServer({ DATA_PROFILE: "ufm", DATA_SWITCHES, DATA_PORTS });
  await using server = await startMetricsServer(`${data.url}/csv/metrics`);
  await server.log.wait("poll.run");
  await using opened = await openPage(server.url, { width: 390 });
  const { page, until } = opened;
  await until(HAS_DATA);

  await inTurn(t, {
    "calls the rows ports in all texts": async () => {
      for (const place of ["#fact-switches", "#table-note"]) {
        assertMatch(await page.innerText(place), /^80 ports\b/);
      }
      await until(
        `/^ports$/i.test(${text("#table-title")}) && ${text("#switch-title")} === "Port"`,
      );
      assertMatch(await page.innerText("#switch-note"), /^Choose a port /);
      await until(`/, 80 ports, .* chooses a port$/.test(
        document.querySelector("#heat").getAttribute("aria-label"))`);
    },

    "shows the end of each name on a phone, and the whole name as title": async () => {
      const seen = await opened.evaluate<[string, string, boolean][]>(`Array.from(
        document.querySelectorAll("#table-body th, #extremes .name"), (cell) => {
          const own = cell.getBoundingClientRect();
          const end = cell.querySelector(".end").getBoundingClientRect();
          const is_seen = end.width > 0 && end.left >= own.left && end.right <= own.right;
          return [cell.innerText, cell.title, is_seen];
        })`);
      assert(seen.length > 20, String(seen.length));
      for (const [id, title, is_seen] of seen) {
        assertMatch(id, /^(0x[0-9a-f]{16}|MF0;sw-00[01]:MQM9700\/U1 ):\d+$/);
        assertEquals([title, is_seen], [id, true]);
      }
    },

    "has no accessibility violations": async () => {
      await assertAccessible(opened);
      assertEquals(opened.problems, []);
    },
  });
});
