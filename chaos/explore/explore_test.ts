import { assert, assertEquals } from "@std/assert";
import { Coverage, trialsOf } from "./coverage.ts";
import { explore, type ExploreOptions, type Finding, type Outcome } from "./explore.ts";
import { type DrawnFault, type DrawnTimeline, nameOf, overlap } from "./timeline.ts";

/** A subject that a pair of faults breaks while both are on: a runner without a lab. */
interface PlantedPair {
  readonly a: (fault: DrawnFault) => boolean;
  readonly b: (fault: DrawnFault) => boolean;
}

const isKind = (...kinds: string[]) => ({ kind, place }: DrawnFault) =>
  kinds.includes(kind) && place !== "client" && place !== "store";

const PAIRS: Readonly<Record<string, PlantedPair>> = {
  "a reset within a slow body": {
    a: isKind("tcp.reset", "tcp.refuse"),
    b: isKind("http.slow_drip", "tcp.bandwidth", "tcp.slicer"),
  },
  "a clock step during an outage": {
    a: isKind("http.clock_skew"),
    b: isKind("tcp.refuse", "tcp.reset", "tcp.hang", "tcp.flap"),
  },
  "a store that fails while the source hangs": {
    a: (fault) => fault.place === "store" || fault.kind.startsWith("store."),
    b: isKind("tcp.hang", "http.endless_body", "http.wrong_length"),
  },
};

function isHit({ a, b }: PlantedPair, { faults }: DrawnTimeline): boolean {
  return faults.some((one) => a(one) && faults.some((other) => b(other) && overlap(one, other)));
}

const OUTCOME: Outcome = { verdict: "held", promise: "", sentence: "", dir: "" };
const BROKEN: Outcome = {
  verdict: "broken",
  promise: "metastable",
  sentence: "still failing: 1",
  dir: "out",
};

function exploreWith(
  isBroken: (timeline: DrawnTimeline) => boolean,
  options: Partial<ExploreOptions>,
) {
  const run = (timeline: DrawnTimeline) => {
    const outcome = isBroken(timeline) ? BROKEN : OUTCOME;
    return Promise.resolve(outcome);
  };
  return explore({
    seed: 1,
    runs_max: 1,
    coverage: new Coverage(),
    isOver: () => false,
    run,
    ...options,
  });
}

/** Runs until the first finding. */
async function findingOf(pair: PlantedPair, seed: number, runs_max: number) {
  let found: Finding | null = null, runs = 0;
  await exploreWith((timeline) => isHit(pair, timeline), {
    seed,
    runs_max,
    isOver: () => found !== null,
    onRun: () => void runs++,
    onFinding: (finding) => void (found = finding),
  });
  return { finding: found as Finding | null, runs };
}

for (const [what, pair] of Object.entries(PAIRS)) {
  Deno.test(`${what} is found within 400 runs, and shrunk to these two faults`, async () => {
    for (const seed of [1, 2, 3]) {
      const { finding } = await findingOf(pair, seed, 400);
      assert(finding !== null, `seed ${seed}: not found`);
      const { faults, settings } = finding.smallest;
      assertEquals(faults.length, 2, faults.map(nameOf).join(", "));
      assert(isHit(pair, finding.smallest));
      assert(finding.is_minimal);
      assertEquals(settings, { subjects: 1, store: "none", front: "none" });
      assertEquals([finding.broken, finding.runs], [5, 5]);
    }
  });
}

Deno.test("a seed always gives the same runs, and the first run is the seed's own", async () => {
  const runsOf = async (seed: number, runs_max: number) => {
    const drawn: DrawnTimeline[] = [];
    await exploreWith(() => false, { seed, runs_max, onRun: (_, one) => void drawn.push(one) });
    return drawn;
  };
  const drawn = await runsOf(7, 5);
  assertEquals(await runsOf(7, 5), drawn);
  assertEquals(await runsOf(drawn[3].seed, 1), [drawn[3]]);
});

Deno.test("a run that is broken once of five is reported as flaky and not shrunk", async () => {
  let runs = 0, found: Finding | null = null;
  await exploreWith(() => runs++ === 0, { onFinding: (finding) => void (found = finding) });
  const finding = found as Finding | null;
  assertEquals([finding?.broken, finding?.runs, finding?.shrink_runs], [1, 5, 0]);
  assertEquals(runs, 5);
});

Deno.test("a timeline that breaks in three of five runs gets three tries each while shrinking", async () => {
  let runs = 0, found: Finding | null = null;
  const broken = [true, true, false, true, false];
  await exploreWith(() => broken[runs++] ?? false, {
    onFinding: (finding) => void (found = finding),
  });
  const finding = found as Finding | null;
  assertEquals([finding?.broken, finding?.runs], [3, 5]);
  assertEquals(runs, 5 + 3 * finding!.shrink_runs);
});

Deno.test("shrinking stops after 24 runs", async () => {
  let runs = 0;
  await exploreWith(() => ++runs > 0, {});
  assert(runs <= 1 + 4 + 24, `${runs}`);
});

Deno.test("a smaller timeline must break the same promise", async () => {
  let found: Finding | null = null;
  await exploreWith(() => true, {
    seed: 3,
    run: ({ faults }) =>
      Promise.resolve(faults.length > 1 ? BROKEN : { ...BROKEN, promise: "p95_ms" }),
    onFinding: (finding) => void (found = finding),
  });
  assertEquals((found as Finding | null)?.smallest.faults.length, 2);
});

Deno.test("a broken timeline with the faults of an earlier finding is not investigated again", async () => {
  let known = 0, findings = 0;
  await exploreWith(({ faults }) => faults.some(({ kind }) => kind === "tcp.refuse"), {
    runs_max: 60,
    onKnown: () => void known++,
    onFinding: () => void findings++,
  });
  assert(known > 0);
  assert(findings <= 3, "one for each place of tcp.refuse");
});

Deno.test("draws prefer what was not tried", async () => {
  const pairsAfter = async (coverage: Coverage) => {
    const tried = new Set<string>();
    await exploreWith(() => false, {
      runs_max: 40,
      coverage,
      onRun: (_, one) => trialsOf(one).forEach((trial) => tried.add(trial)),
    });
    return tried.size;
  };
  const blind = new Coverage();
  blind.novelty = () => 0;
  assert(await pairsAfter(new Coverage()) > 1.25 * await pairsAfter(blind));
});
