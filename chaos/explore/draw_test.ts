import { assert, assertEquals } from "@std/assert";
import { FAULT_KINDS } from "../vocabulary/mod.ts";
import { drawTimeline } from "./draw.ts";
import { type DrawnFault, nameOf, overlap, problemOf, siteOf, spanOf } from "./timeline.ts";
import { smallerTimelines } from "./weaken.ts";

const SEEDS = Array.from({ length: 600 }, (_, seed) => seed);
const DRAWN = SEEDS.map((seed) => drawTimeline(seed));

Deno.test("a seed always draws the same timeline, as plain data", () => {
  for (const seed of [1, 2, 3]) assertEquals(drawTimeline(seed), DRAWN[seed]);
  assertEquals(JSON.parse(JSON.stringify(DRAWN)), DRAWN);
  assert(new Set(DRAWN.map((one) => JSON.stringify(one.faults))).size > 590, "seeds hardly matter");
});

Deno.test("every fault of the vocabulary is drawn at each of its places", () => {
  const drawn = new Set(DRAWN.flatMap(({ faults }) => faults.map(nameOf)));
  const all = FAULT_KINDS.flatMap(({ kind, places = [""] }) =>
    places.map((place) => nameOf({ kind, place }))
  );
  assertEquals(all.filter((name) => !drawn.has(name)), []);
});

Deno.test("a timeline has one to four faults, short ones, and most of them overlap", () => {
  const counts = DRAWN.map(({ faults }) => faults.length);
  assertEquals([...new Set(counts)].sort(), [1, 2, 3, 4]);
  for (const drawn of DRAWN) assert(spanOf(drawn) <= 6_000);
  const overlapping = DRAWN.filter(({ faults }) =>
    faults.some((a, i) => faults.slice(i + 1).some((b) => overlap(a, b)))
  );
  assert(overlapping.length > 0.6 * DRAWN.length, `${overlapping.length}`);
});

Deno.test("faults of six sites are drawn, and each site together with every other", () => {
  const pairs = new Set(
    DRAWN.flatMap(({ faults }) =>
      faults.flatMap((a) => faults.map((b) => `${siteOf(a)} + ${siteOf(b)}`))
    ),
  );
  assertEquals(pairs.size, 36, [...pairs].join("\n"));
});

Deno.test("a kind that is not allowed is not drawn; a timeline that cannot be run is drawn again", () => {
  const kinds = FAULT_KINDS.filter(({ kind }) => kind.startsWith("http."));
  for (const seed of SEEDS.slice(0, 50)) {
    const { faults, settings } = drawTimeline(seed, {
      kinds,
      accepts: (one) => one.settings.store === "none",
    });
    assert(faults.every(({ kind }) => kind.startsWith("http.")));
    assertEquals(settings.store, "none");
  }
});

const fault = (kind: string, place: string, at_ms: number, for_ms: number): DrawnFault => ({
  kind,
  place,
  values: kind === "http.cut_body" ? { share_kept: 0.5 } : {},
  at_ms,
  for_ms,
});

const REFUSED: readonly (readonly [problem: string | null, faults: readonly DrawnFault[]])[] = [
  [null, [fault("tcp.refuse", "source", 0, 1_000), fault("http.html", "", 500, 3_000)]],
  ["overlap", [fault("http.cut_body", "", 0, 1_000), fault("http.cut_body", "", 900, 1_000)]],
  ["hidden", [fault("tcp.refuse", "source", 0, 3_000), fault("http.html", "", 500, 3_000)]],
  ["shows only with", [{ ...fault("tcp.slow_close", "source", 0, 900), values: { delay_ms: 9 } }]],
  ["act on one process", [
    fault("process.kill", "subject", 0, 2_000),
    fault("process.freeze", "subject", 500, 500),
  ]],
  ["no replica leads", [
    fault("store.full", "", 0, 2_000),
    fault("process.kill", "leader", 3_000, 500),
  ]],
];

for (const [problem, faults] of REFUSED) {
  const names = faults.map(nameOf).join(" and ");
  Deno.test(`${names} together: ${problem === null ? "legal" : `refused, ${problem}`}`, () => {
    const settings = { subjects: 1, store: "none", front: "none" } as const;
    const found = problemOf({ seed: 1, cold_start: false, settings, faults });
    if (problem === null) assertEquals(found, null);
    else assert(found?.includes(problem), `${found}`);
  });
}

Deno.test("smaller timelines are legal, and drop faults before they weaken them", () => {
  for (const drawn of DRAWN.slice(0, 100)) {
    const smaller = [...smallerTimelines(drawn)];
    for (const one of smaller) assertEquals(problemOf(one), null);
    const counts = smaller.map(({ faults }) => faults.length);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
  }
});

Deno.test("a timeline that cannot get smaller has one short, weak fault and no store", () => {
  for (const drawn of DRAWN.slice(0, 100)) {
    let smallest = drawn;
    for (let next = drawn; next !== undefined;) {
      smallest = next;
      [next] = smallerTimelines(smallest);
    }
    assertEquals(smallest.faults.length, 1);
    assert(smallest.faults[0].for_ms < 1_600);
    assertEquals(smallest.settings, { subjects: 1, store: "none", front: "none" });
  }
});
