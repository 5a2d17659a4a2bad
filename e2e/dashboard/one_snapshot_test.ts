/** The dashboard shows one snapshot at a time. Needs Chromium. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeSource, serveSnapshot, startMetricsServer } from "../harness/mod.ts";
import { IN_BROWSER, openPage } from "./browser.ts";

const IDS = ["a", "b", "c"];
const SNAPSHOTS = 5;

/** Value of a row in a snapshot; each snapshot has a different sort order. */
const valueOf = (row: number, n: number) => 100 * n + (row + n) % IDS.length;

/** Each snapshot is a minute younger than the last; no age is near a whole minute. */
function snapshot(n: number) {
  const csv = "switch_id,load\n" + IDS.map((id, row) => `${id},${valueOf(row, n)}\n`).join("");
  const marks = { id: `boot1-${n}`, snapshot_ts: Date.now() - (59 - n) * 60_000 - 20_000 };
  return serveSnapshot(csv, marks);
}

/** Texts on the page. */
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
  "Dashboard never mixes the id of a snapshot with other values (needs Chromium)",
  IN_BROWSER,
  async () => {
    await using source = new FakeSource(snapshot(1));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    await using opened = await openPage(`${server.url}#metric=load&sort=-load&switch=b`);
    await opened.until(`${LOOK}.chosen === "${valueOf(1, 1)}"`);
    // The observer runs within the change, before any other code of the page.
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
    assertEquals(opened.problems, []);
  },
);
