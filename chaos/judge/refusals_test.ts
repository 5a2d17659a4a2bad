import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProbeRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, simulate, timesOf } from "../testing/journal.ts";
import { removedRows } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const { on, off } = timesOf();
const CLAIM = [claim("refusal_errors", 0)];
const NO_DATA = { age_ms: null, snapshot_id: null, value: null };
/** A poll, its timeout and an exchange: what a change at the source may take. */
const FOLLOWED_MS = 500 + 1000 + 150;

/** Whether the rows of half of the switches are gone; sw-007 is one of them, sw-000 is not. */
const REMOVED = simulate({ conditions: CLAIM, fault: faultOf(removedRows({ share: 0.5 })) });
const MAX_STALE_MS = 3000;
const OUTAGE = simulate({ conditions: CLAIM, settings: { max_stale_ms: MAX_STALE_MS } });

const probes = (records: readonly JournalRecord[], change: (probe: ProbeRecord) => ProbeRecord) =>
  edit(records, "probe", change);
const refused = (error: string | null, status = 404) => (probe: ProbeRecord): ProbeRecord => ({
  ...probe,
  ...NO_DATA,
  status,
  error,
});
const isRemoved = ({ switch_id, t_ms }: ProbeRecord) =>
  switch_id === "sw-007" && t_ms > on + 300 && t_ms < off + 300;
const RIGHT = probes(
  REMOVED,
  (probe) => isRemoved(probe) ? refused("unknown-switch: No switch sw-007")(probe) : probe,
);
const TOO_OLD = probes(
  OUTAGE,
  (probe) =>
    Number(probe.age_ms) > MAX_STALE_MS ? refused("too-stale: 3.1 s old", 503)(probe) : probe,
);

function judged(records: readonly JournalRecord[]) {
  const [{ verdict, decided_by }] = judgeRun(records).conditions;
  return { verdict, text: decided_by?.text ?? "" };
}

Deno.test("a removed switch that is 404 by its name, and comes back, is held", () => {
  assertEquals(judged(RIGHT).verdict, "held");
});

for (
  const [what, records, expected] of [
    ["keeps the removed switch", REMOVED, /sw-007 .*: 200 .*the source had removed the switch/],
    [
      "does not name the switch",
      probes(RIGHT, (probe) => probe.status === 404 ? refused("not found")(probe) : probe),
      /404 .*it does not name the switch/,
    ],
    [
      "refuses a switch that the source has",
      probes(
        RIGHT,
        (probe) =>
          probe.switch_id === "sw-000" && probe.t_ms > on ? refused("sw-000")(probe) : probe,
      ),
      /sw-000 .*404 .*the source has the switch/,
    ],
    [
      "does not bring the switch back",
      probes(
        RIGHT,
        (probe) =>
          probe.switch_id === "sw-007" && probe.t_ms > off
            ? refused("No switch sw-007")(probe)
            : probe,
      ),
      /404 .*the source has the switch/,
    ],
    [
      "fails instead",
      probes(RIGHT, (probe) => probe.status === 404 ? refused("boom", 500)(probe) : probe),
      /500 .*neither data nor a due refusal/,
    ],
    ["serves data of any age", OUTAGE, /age 3\.\d+ s.*must be refused when older than 3 s/],
    [
      "refuses too early",
      probes(
        TOO_OLD,
        (probe) => Number(probe.age_ms) > 2500 ? refused("too-stale", 503)(probe) : probe,
      ),
      /503 .*the data was 2\.\d+ s old, and is owed up to 3 s/,
    ],
    [
      "gives no reason",
      probes(TOO_OLD, (probe) => probe.status === 503 ? { ...probe, error: null } : probe),
      /503 .*it has no reason/,
    ],
  ] as const
) {
  Deno.test(`a cache that ${what} is broken by wrong refusals`, () => {
    const { verdict, text } = judged(records);
    assertEquals(verdict, "broken", text);
    assertMatch(text, expected);
  });
}

Deno.test("data that is refused from the bound on, with a reason, is held", () => {
  assertEquals(judged(TOO_OLD).verdict, "held");
});

Deno.test("a response that took long to arrive does not make later refusals early", () => {
  const slow = probes(
    TOO_OLD,
    (probe) =>
      probe.status === 200 && probe.t_ms > on
        ? { ...probe, latency_ms: 400, age_ms: Number(probe.age_ms) - 400 }
        : probe,
  );
  assertEquals(judged(slow).verdict, "held");
});

Deno.test("a removed switch may be served until a poll has had its timeout", () => {
  const late = probes(
    REMOVED,
    (probe) =>
      probe.switch_id === "sw-007" && probe.t_ms > on + FOLLOWED_MS &&
        probe.t_ms < off + FOLLOWED_MS
        ? refused("No switch sw-007")(probe)
        : probe,
  );
  assertEquals(judged(late).verdict, "held");
});

Deno.test("a run without anything to refuse proves too little", () => {
  const [{ verdict }] = judgeRun(simulate({ conditions: CLAIM })).conditions;
  assertEquals(verdict, "inconclusive");
});
