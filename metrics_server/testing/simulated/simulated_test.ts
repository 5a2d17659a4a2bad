/** A short simulation with fixed seeds; `deno task test:simulated` draws fresh ones. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { kindOf, nameOf } from "../../../chaos/mod.ts";
import { explore } from "./explore.ts";
import { FINER_KINDS, LAB_KINDS, LEFT_OUT } from "./faults.ts";
import { shrink } from "./shrink.ts";
import { drawTimeline, timelineText } from "./timeline.ts";
import { simulate } from "./world.ts";

const TIMELINES = 40;

async function hashOf(seed: number): Promise<string> {
  const { lines } = await simulate(drawTimeline(seed));
  assert(lines.length > 20, `${lines.length} events`);
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

Deno.test("the same seed gives the same event log, byte for byte", async () => {
  for (const seed of [3, 17]) assertEquals(await hashOf(seed), await hashOf(seed));
  assertNotEquals(await hashOf(3), await hashOf(17));
});

Deno.test("timelines of fixed seeds hold every invariant", async () => {
  const { broken, timelines, polls, reads } = await explore({
    first_seed: 1,
    goesOn: (timelines) => timelines < TIMELINES,
  });
  assertEquals(broken && [broken.violation, timelineText(broken.shrunk)], null);
  assertEquals(timelines, TIMELINES);
  assert(polls > 5 * TIMELINES && reads > 20 * TIMELINES, `${polls} polls, ${reads} requests`);
});

Deno.test("every fault of the lab is drawn in virtual time or left out by name", () => {
  for (const kind of LEFT_OUT) assert(kindOf(kind));
  const drawn = new Set<string>();
  for (let seed = 0; seed < 1500; seed++) {
    for (const fault of drawTimeline(seed).faults) drawn.add(nameOf(fault));
  }
  const names = [
    ...LAB_KINDS.flatMap(({ kind, places = [""] }) =>
      places.map((place) => nameOf({ kind, place }))
    ),
    ...FINER_KINDS.map(({ kind }) => kind),
  ];
  assertEquals(names.filter((name) => !drawn.has(name)), []);
});

Deno.test("shrink drops each fault that the violation does not need", async () => {
  const timeline = drawTimeline(2);
  const fault = { place: "", values: {}, at_ms: 0, for_ms: 1600 };
  const kinds = ["http.html", "http.na_flood", "worker.crash"];
  const faults = kinds.map((kind) => ({ ...fault, kind }));
  const violation = { invariant: "order", at_ms: 0, text: "" } as const;
  const { value: shrunk } = await shrink({ ...timeline, faults }, "order", (candidate) => {
    const has = (kind: string) => candidate.faults.some((one) => one.kind === kind);
    const is_broken = has("http.html") && has("worker.crash");
    const violations = is_broken ? [violation] : [];
    return Promise.resolve({ violations, lines: [], polls: 0, reads: 0 });
  });
  assertEquals(shrunk.faults.map(({ kind }) => kind), ["http.html", "worker.crash"]);
  assert(shrunk.faults.every(({ for_ms }) => for_ms <= 100));
});
