/** The dashboard over UFM's ports: errors first. Needs Chromium. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  FakeSource,
  inTurn,
  serveSnapshot,
  startMetricsServer,
  stats,
  until as untilSeen,
} from "../harness/mod.ts";
import { assertAccessible, IN_BROWSER, openPage } from "./browser.ts";

const HEAD = "timestamp,node_guid,port_num,SymbolErrorCounterExtended,PortRcvErrorsExtended," +
  "PortXmitDataExtended,Effective_BER,node_description\n";
const LEAF = "0x0000000000000a01";
const SPINE = "0x0000000000000b01";
const FULL = "18446744073709551615";
const START_MS = Date.now() - 60_000;
const STEP_MS = 10_000;

/** Each snapshot is 10 s younger. Errors per second: 3 at port 2, 0.2 at the spine's port 1. */
function ports(n: number): string {
  const at_us = (START_MS + n * STEP_MS) * 1_000;
  const row = (
    guid: string,
    port: number,
    symbols: number | string,
    received: number,
    data: string,
  ) =>
    `${at_us},${guid},${port},${symbols},${received},${data},2.5e-14,` +
    `MF0;${guid === LEAF ? "leaf-1" : "spine-1"}\n`;
  return HEAD + row(LEAF, 1, 7, 9, FULL) + row(LEAF, 2, 30 * n, 4, "1000") +
    row(SPINE, 1, 5, 2 * n, "2000") + row(SPINE, 2, FULL, 1, `${n}000000000`);
}

const text = (selector: string) => `document.querySelector("${selector}").innerText`;
const IDS = `Array.from(document.querySelectorAll("#table-body tr[data-place] th"),
  (cell) => cell.innerText)`;
const shows = (n: number) => `${text("#fact-snapshot")} === "snapshot boot1-${n}"`;
const [LEAF_1, LEAF_2] = [`${LEAF}:1`, `${LEAF}:2`];
const [SPINE_1, SPINE_2] = [`${SPINE}:1`, `${SPINE}:2`];

Deno.test("Dashboard shows the worst ports first (needs Chromium)", IN_BROWSER, async (t) => {
  const snapshot = (n: number) => serveSnapshot(ports(n), { id: `boot1-${n}` });
  await using source = new FakeSource(snapshot(1));
  await using server = await startMetricsServer(source.url, { FRESH_BOUND_MS: 600_000 });
  await server.log.wait("poll.run");
  await using opened = await openPage(server.url);
  const { page, evaluate, until } = opened;
  const ids = (wanted: string[]) => until(`JSON.stringify(${IDS}) === '${JSON.stringify(wanted)}'`);
  const hash = () => evaluate<string>("decodeURIComponent(location.hash)");
  await until(shows(1));
  source.behavior = snapshot(2);
  await until(shows(2));

  await inTurn(t, {
    "ranks ports by errors per second over the threshold": async () => {
      await ids([LEAF_2, SPINE_1, LEAF_1, SPINE_2]);
      const first = await page.innerText('#table-body tr[data-place="0"]');
      assertMatch(first, /MF0;leaf-1\s+30\s×\sSymbolError 3\/s/);
      await until(`${text("#table-note")} === "4 ports · 2 over a threshold"`);
      const is_above = `document.querySelector("#switches").compareDocumentPosition(
        document.querySelector("#heat-panel")) & Node.DOCUMENT_POSITION_FOLLOWING`;
      assertEquals(await evaluate<number>(is_above), 4);
    },

    "shows small values in scientific notation": async () => {
      assertMatch(await page.innerText('#table-body tr[data-place="0"]'), /\b2\.5e-14\b/);
    },

    "takes conditions on values and words of descriptions": async () => {
      await page.focus("#search");
      await page.keyboard.type("SymbolErrors>0");
      await ids([LEAF_2]);
      await until(`${text("#table-note")}.startsWith("1 of 4 ports")`);
      await page.keyboard.press("Escape");
      await page.keyboard.type("spine");
      await ids([SPINE_1, SPINE_2]);
      assertMatch(await hash(), /search=spine/);
      await page.keyboard.press("Escape");
      await page.keyboard.type("lost>0");
      await until(`${text("#search-note")} === "No column is named lost."`);
      await page.keyboard.press("Escape");
      await ids([LEAF_2, SPINE_1, LEAF_1, SPINE_2]);
    },

    "ranks by thresholds of the view, kept in the URL": async () => {
      await page.click("#thresholds summary");
      await evaluate(`(() => {
        const input = document.querySelector("#thresholds [name=PortRcvErrorsExtended]");
        input.value = "0.001";
        input.dispatchEvent(new Event("change", { bubbles: true }));
      })()`);
      await ids([SPINE_1, LEAF_2, LEAF_1, SPINE_2]);
      assertEquals(await hash(), "#threshold=PortRcvErrorsExtended:0.001");
      await assertAccessible(opened);
      await page.click("#thresholds summary");
    },

    "groups ports by their switch": async () => {
      await page.click("#group");
      await ids([SPINE, SPINE_1, SPINE_2, LEAF, LEAF_2, LEAF_1]);
      await assertAccessible(opened);
      await page.click("#group");
      await ids([SPINE_1, LEAF_2, LEAF_1, SPINE_2]);
    },

    "shows saturated counters as such, outside scale and ranking": async () => {
      await evaluate(`location.hash = "#values=raw&metric=PortXmitDataExtended"`);
      await until(`${text("#legend-null")} === "no value: none, saturated: 1"`);
      await until(`${text("#legend-max")} === "10B"`);
      await evaluate(
        `location.hash = "#values=raw&columns=PortXmitDataExtended&sort=-PortXmitDataExtended"`,
      );
      await ids([SPINE_2, SPINE_1, LEAF_2, LEAF_1]);
      assertMatch(await page.innerText('#table-body tr[data-place="3"]'), /\bsaturated\b/);
    },

    "exports the rows and columns that the table shows": async () => {
      await evaluate(`location.hash = "#top=1&columns=node_description,PortXmitDataExtended"`);
      await ids([LEAF_2]);
      await until(`${text("#table-head")}.includes("PortXmitData")`);
      await evaluate(`(() => {
        const create = URL.createObjectURL;
        URL.createObjectURL = (blob) => create(globalThis.saved = blob);
      })()`);
      await page.click("#export");
      const lines = (await evaluate<string>("saved.text()")).split("\r\n");
      assertEquals(lines.length, 3);
      assertMatch(lines[0], /^switch_id,node_description,worst,.*PortXmitDataExtended\) \[Gb\/s\]/);
      assertMatch(lines[1], new RegExp(`^${LEAF_2},MF0;leaf-1,30,`));
    },

    "keeps the shown snapshot while it is paused": async () => {
      await evaluate(`globalThis.seen = [];
        new MutationObserver(() => seen.push(${text("#fact-snapshot")})).observe(
          document.querySelector("#fact-snapshot"), { childList: true, characterData: true })`);
      await page.click("#pause");
      for (const n of [3, 4]) {
        source.behavior = snapshot(n);
        await untilSeen(
          `snapshot ${n}`,
          async () => (await stats(server)).sources[0].snapshot_id === `boot1-${n}`,
        );
      }
      assertEquals(await evaluate("seen"), []);
      await page.click("#pause");
      await until(shows(4));
      assertEquals(opened.problems, []);
    },
  });
});
