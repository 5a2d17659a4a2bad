/** What the dashboard shows at an instant is all of one snapshot. Needs Chromium. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeSource, serveSnapshot, startMetricsServer } from "../harness/mod.ts";
import { IN_BROWSER, openPage } from "./browser.ts";

const IDS = ["a", "b", "c"];
const SNAPSHOTS = 5;

/** Value of a row in a snapshot: each snapshot sorts the rows in another way. */
const valueOf = (row: number, n: number) => 100 * n + (row + n) % IDS.length;

/** Snapshot `n` is younger than the one before by a minute, and its age far from a whole one. */
function snapshot(n: number) {
  const csv = "switch_id,load\n" + IDS.map((id, row) => `${id},${valueOf(row, n)}\n`).join("");
  const marks = { id: `boot1-${n}`, snapshot_ts: Date.now() - (59 - n) * 60_000 - 20_000 };
  return serveSnapshot(csv, marks);
}

/** What is on the page at the moment, as text. */
interface Seen {
  snapshot: string;
  rows: string[][];
  age: string;
  chosen: string;
  note: string;
  legend_max: string;
}

const LOOK = `(() => {
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";
  return {
    snapshot: text("#fact-snapshot"),
    rows: Array.from(document.querySelectorAll("#table-body tr[data-place]"),
      ({ children }) => [children[0].textContent, children[1].textContent]),
    age: text("#age"),
    chosen: text("#switch-metrics .value"),
    note: text("#switch-note"),
    legend_max: text("#legend-max"),
  };
})()`;

Deno.test(
  "Dashboard never shows a snapshot's name beside another one's values (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(snapshot(1));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    await using opened = await openPage(`${server.url}#metric=load&sort=-load&switch=b`);
    await opened.until(`${LOOK}.chosen === "${valueOf(1, 1)}"`);
    // Looked at within the very change, before anything else of the page runs.
    await opened.evaluate(`globalThis.seen = [];
      new MutationObserver(() => seen.push(${LOOK})).observe(
        document.querySelector("#fact-snapshot"), { childList: true, characterData: true })`);
    for (let n = 2; n <= SNAPSHOTS; n++) {
      source.behavior = snapshot(n);
      await opened.until(`${LOOK}.snapshot === "snapshot boot1-${n}"`);
    }
    const seen = await opened.evaluate<Seen[]>("seen");
    assertEquals(seen.length, SNAPSHOTS - 1);
    for (const [i, { snapshot, rows, age, chosen, note, legend_max }] of seen.entries()) {
      const n = i + 2;
      assertEquals(snapshot, `snapshot boot1-${n}`);
      const highest_first = IDS.map((id, row) => [id, `${valueOf(row, n)}`])
        .sort(([, a], [, b]) => Number(b) - Number(a));
      assertEquals(rows, highest_first, snapshot);
      assertEquals(chosen, `${valueOf(1, n)}`, snapshot);
      assertMatch(note, new RegExp(`^load: ${n} snapshots`));
      assertMatch(age, new RegExp(`^${59 - n}\\s*min`), snapshot);
      const top = Number(legend_max.replaceAll(",", ""));
      assert(top >= 100 * n && top < 100 * (n + 1), `${snapshot}: the legend ends at ${top}`);
    }
    assertEquals(opened.complaints, []);
  },
);
