/** The dashboard in a real Chromium, over running services. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  freePort,
  inTurn,
  listMetrics,
  serveSnapshot,
  startDataServer,
  startMetricsServer,
  until as untilSeen,
} from "../harness/mod.ts";
import { assertAccessible, IN_BROWSER, openPage } from "./browser.ts";

const text = (selector: string) => `document.querySelector("${selector}").innerText`;
const FRESH = `${text("#verdict")} === "Fresh"`;
const HAS_DATA = `document.querySelectorAll("#table-body tr[data-place]").length > 0`;

Deno.test("Dashboard over a live source (needs Chromium)", IN_BROWSER, async (t) => {
  await using data = await startDataServer({ SEED: 7 });
  await using server = await startMetricsServer(`${data.url}/counters`);
  await server.log.wait("poll.run");
  await using opened = await openPage(server.url);
  const { page, until } = opened;
  await until(HAS_DATA);

  await inTurn(t, {
    "shows the age, the source and the number of switches": async () => {
      await until(`${text("#verdict")} === "Fresh" && document.title === "Fabric Telemetry"`);
      await until(`/^\\d\\.\\d\\s*s$/.test(${text("#age")})`);
      await until(`${text("#sources")}.includes("127.0.0.1:${data.port}/counters")`);
      await until(`${text("#sources")}.includes("circuit closed")`);
      assertEquals(await page.innerText("#fact-switches"), "64 switches");
    },

    "advances the age between two responses": async () => {
      await opened.evaluate(`globalThis.ages = new Map();
        new MutationObserver(() => {
          const snapshot = ${text("#fact-snapshot")};
          ages.set(snapshot, (ages.get(snapshot) ?? new Set()).add(${text("#age")}));
        }).observe(document.querySelector("#age"),
          { childList: true, characterData: true, subtree: true })`);
      // Responses arrive once per second with one age each.
      await until(`[...ages.values()].some((seen) => seen.size >= 5)`);
    },

    "shows new values when the source has a new snapshot": async () => {
      const before = await page.innerText("#fact-snapshot");
      await until(`${text("#fact-snapshot")} !== ${JSON.stringify(before)}`);
      // A separate request for the same snapshot returns the value on the page.
      const same = await untilSeen("page and list to be at one snapshot", async () => {
        const shown = await opened.evaluate<string[]>(`(() => {
          const row = document.querySelector('#table-body tr[data-place="0"]');
          return [${text("#fact-snapshot")}, ...Array.from(row.children, (c) => c.innerText)];
        })()`);
        const { snapshot_id, items } = (await listMetrics(server)).json();
        return shown[0] === `snapshot ${snapshot_id}` && { shown, first: items[0] };
      });
      const [, switch_id, bandwidth_gbps] = same.shown;
      assertEquals(switch_id, same.first.switch_id);
      assertEquals(Number(bandwidth_gbps.replaceAll(",", "")), same.first.bandwidth_gbps);
    },

    "charts the values of a switch since the page was opened": async () => {
      await page.click('#table-body tr[data-place="3"]');
      await until(`${text("#switch-title")} === "sw-003"`);
      await until(`/^bandwidth_gbps: ([3-9]|\\d\\d+) snapshots/.test(${text("#switch-note")})`);
      const drawn = "document.querySelector('#switch-chart .line').getAttribute('d')";
      await until(`${drawn}.split("L").length >= 3`);
      assertMatch(await opened.evaluate("location.hash"), /switch=sw-003/);
      await page.click("#switch-close");
      await until(`${text("#switch-title")} === "Switch"`);
    },

    "sorts by a column's head in both directions": async () => {
      const column = `Array.from(document.querySelectorAll("#table-body tr[data-place]"),
        (row) => Number(row.children[2].innerText))`;
      const head = '#table-head button[data-name="latency_us"]';
      await page.click(head);
      await until(`${column}.every((value, i, all) => i === 0 || value <= all[i - 1])`);
      await page.focus(head);
      await page.keyboard.press("Enter");
      await until(`${column}.every((value, i, all) => i === 0 || value >= all[i - 1])`);
      const sort = `document.querySelector('${head}').parentElement.getAttribute("aria-sort")`;
      assertEquals(await opened.evaluate(sort), "ascending");
    },

    "searches from the keyboard until Escape": async () => {
      await page.focus("body");
      await page.keyboard.press("/");
      await page.keyboard.type("sw-01");
      await until(`${text("#table-note")} === "10 of 64 switches"`);
      await page.keyboard.press("Escape");
      await until(`${text("#table-note")} === "64 switches"`);
    },

    "navigates map and table with the arrow keys": async () => {
      await page.focus("#heat");
      for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"]) {
        await page.keyboard.press(key);
      }
      await until(`${text("#heat-readout")}.startsWith("sw-001: ")`);
      await until(`${text("#switch-title")} === "sw-001"`);
      await page.click('#table-head button[data-name="switch_id"]');
      await until(
        `document.querySelector('#table-body tr[data-place="0"] th').innerText === "sw-000"`,
      );
      await page.focus("#table");
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await until(`${text("#switch-title")} === "sw-063"`);
      await page.keyboard.press("Escape");
    },

    "has no accessibility violations: light, dark, narrow": async () => {
      for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 390]]) {
        await page.emulateMedia({ colorScheme: String(colorScheme) });
        await page.setViewportSize({ width: Number(width), height: 900 });
        // The next frame applies the new width.
        await until(`innerWidth === ${width} && document.documentElement.scrollWidth <= ${width}`);
        await assertAccessible(opened);
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1280, height: 900 });
    },

    "prints without controls": async () => {
      await page.emulateMedia({ media: "print" });
      assertEquals(await page.isVisible("#search"), false);
      assertEquals(await page.isVisible("#heat"), true);
      await page.emulateMedia({ media: "screen" });
    },

    "sends no request to other hosts and has no errors or policy violations": () => {
      assertEquals(opened.problems, []);
    },
  });
});

Deno.test("Dashboard shows an outage and its end (needs Chromium)", IN_BROWSER, async (t) => {
  const PORT = freePort();
  const data = await startDataServer({ PORT });
  const SERVER_PORT = freePort();
  const env = { PORT: SERVER_PORT };
  const server = await startMetricsServer(`${data.url}/counters`, env);
  await using stack = new AsyncDisposableStack();
  stack.use(data);
  stack.use(server);
  const opened = stack.use(await openPage(server.url));
  const { page, until } = opened;
  await until(`/^Bound /.test(${text("#bound")})`);

  await inTurn(t, {
    "shows a lost source at once, with the reason": async () => {
      await data.stop();
      await until(`/Source down|Stale/.test(${text("#verdict")})`);
      await until(`!document.querySelector("#banner").hidden`);
      await until(`${text("#banner")}.includes("127.0.0.1:${PORT}/counters fails (re")`);
    },

    "announces stale data once, not with every tick": async () => {
      await opened.evaluate(`globalThis.news = [];
        new MutationObserver(() => news.push(${text("#live")})).observe(
          document.querySelector("#live"),
          { childList: true, characterData: true, subtree: true })`);
      await until(`${text("#verdict")} === "Stale"`);
      await until(`document.querySelector("#live").textContent.startsWith("The data is stale")`);
      const age = Number.parseFloat(await page.innerText("#age"));
      await until(`Number.parseFloat(${text("#age")}) > ${age + 1}`);
      // Stale, and perhaps another cause; at least ten ticks passed.
      const news = await opened.evaluate<string[]>("news");
      assert(news.length <= 3, `announced: ${news.join(" | ")}`);
      assertMatch(await page.title(), /^Stale · /);
      await assertAccessible(opened);
    },

    "is fresh again and hides the banner when the source returns": async () => {
      stack.use(await startDataServer({ PORT }));
      await until(FRESH);
      await until(`document.querySelector("#banner").hidden`);
      await until(`document.querySelector("#live").textContent === "The data is fresh."`);
    },

    "shows a lost service and retries until it returns": async () => {
      await server.stop();
      await until(`${text("#verdict")} === "No answer"`);
      stack.use(await startMetricsServer(`http://127.0.0.1:${PORT}/counters`, env));
      await until(FRESH);
      assertEquals(opened.problems, []);
    },
  });
});

Deno.test("Dashboard without data explains what to do (needs Chromium)", IN_BROWSER, async () => {
  const port = freePort();
  await using server = await startMetricsServer(`http://127.0.0.1:${port}/counters`);
  await using opened = await openPage(server.url);
  await opened.until(`!document.querySelector("#hints").hidden`);
  await opened.until(`/deno task data/.test(${text("#hints-list")})`);
  assertStringIncludes(await opened.page.innerText("#hints-list"), "deno task dev");
  assertEquals(await opened.page.isVisible("#heat"), false);
  await assertAccessible(opened);
  await using _data = await startDataServer({ PORT: port });
  await opened.until(HAS_DATA);
  assertEquals(await opened.page.isVisible("#hints"), false);
  assertEquals(opened.problems, []);
});

const ODD_CSV = "switch_id,load,state,bytes\n" +
  "a,1,Active,18446744073709551615\n" +
  "b,N/A,,7\n" +
  "c,3,Down,9007199254740993\n";

Deno.test(
  "Dashboard distinguishes null, text and 64-bit counters (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(
      serveSnapshot(ODD_CSV, { id: "odd-1", snapshot_ts: Date.now() }),
    );
    await using server = await startMetricsServer(source.url);
    await using opened = await openPage(`${server.url}#metric=load`, { reduced_motion: true });
    await opened.until(HAS_DATA);
    const rows = `Array.from(document.querySelectorAll("#table-body tr[data-place]"),
    (row) => Array.from(row.children).slice(0, 4).map((cell) => cell.innerText))`;
    assertEquals(await opened.evaluate<string[][]>(rows), [
      ["a", "1", "Active", "18,446,744,073,709,551,615"],
      ["b", "–", "–", "7"],
      ["c", "3", "Down", "9,007,199,254,740,993"],
    ]);
    await opened.until(`${text("#legend-null")} === "no value: 1"`);
    // A cell without a value is transparent, so that the hatching shows.
    const alpha = await opened.evaluate<number[]>(`(() => {
    const canvas = document.querySelector("#heat");
    const side = canvas.width / 3;
    return [0, 1, 2].map((cell) =>
      canvas.getContext("2d").getImageData(side * cell + 3, 3, 1, 1).data[3]);
  })()`);
    assertEquals(alpha, [255, 0, 255]);
    assertEquals(opened.problems, []);
  },
);

Deno.test(
  "Dashboard uses MAX_STALE_MS as the bound and reports withheld data (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(
      serveSnapshot(fabricSample(3), { id: "old-1", snapshot_ts: Date.now() - 62_500 }),
    );
    await using server = await startMetricsServer(source.url, { MAX_STALE_MS: 65_000 });
    await using opened = await openPage(server.url);
    await opened.until(
      `${text("#bound")}.startsWith("Bound 1\u00a0min\u00a005\u00a0s: MAX_STALE_MS")`,
    );
    await opened.until(`${text("#verdict")} === "Stale"`);
    assertMatch(await opened.page.innerText("#age"), /^1\s*min/);
    assertEquals(opened.problems, []);
  },
);
