import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, LoadAnswers, LoadRecord } from "../journal/mod.ts";
import { claim, edit, simulate, STARTED_MS } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const CLAIMS = [claim("bad_data_accepted", 0), claim("unlabelled_stale", 0)];
const CELLS = ["sw-000 bandwidth_gbps", "sw-007 packet_errors"];

/** Adds answers to each window: 50 to each cell, from the snapshot that the probes got last. */
function withAnswers(records: readonly JournalRecord[]): JournalRecord[] {
  const sources = records.filter((record) => record.kind === "source");
  let snapshot_id: string | null = null;
  const answered = records.map((record): JournalRecord => {
    if (record.kind === "probe") snapshot_id = record.snapshot_id;
    const source = sources.findLast((one) => one.snapshot_id === snapshot_id);
    if (record.kind !== "load" || source === undefined) return record;
    const answers: LoadAnswers = {
      snapshot_id,
      first_ms: record.t_ms - 10,
      sent_max_ms: record.t_ms - 5,
      taken_max_ms: source.taken_ms - STARTED_MS,
      values: CELLS.map((cell, i) => [i, source.values[cell], 50] as const),
    };
    return { ...record, answers: [answers] };
  });
  return edit(answered, "run", (run) => ({ ...run, load_cells: CELLS }));
}

const SOUND = withAnswers(simulate({ conditions: CLAIMS }));

/** Changes the answers of the window that ends at 4.5 s. */
const inOne = (change: (answers: LoadAnswers, load: LoadRecord) => LoadAnswers[]) =>
  edit(
    SOUND,
    "load",
    (load) => load.t_ms === 4500 ? { ...load, answers: change(load.answers![0], load) } : load,
  );

/** Splits a share off the answers of a window. */
const some = (answers: LoadAnswers, change: Partial<LoadAnswers>): LoadAnswers[] => [
  answers,
  { ...answers, ...change },
];

const judged = (records: readonly JournalRecord[]) =>
  judgeRun(records).conditions.map(({ verdict, sentence, decided_by }) => ({
    verdict,
    text: `${sentence} ${decided_by?.text}`,
  }));

Deno.test("right answers to the load are held, and all are compared", () => {
  const [data, ages] = judgeRun(SOUND).conditions;
  assertEquals([data.verdict, ages.verdict], ["held", "held"]);
  // 130 probes or so, and 100 answers in each of 160 windows or so.
  assert(data.samples > 10_000, `${data.samples} values`);
});

Deno.test("one wrong answer of the load in 10,000 is bad data", () => {
  const [{ verdict, text }] = judged(
    inOne((answers) => some(answers, { values: [[1, "7", 1]] })),
  );
  assertEquals(verdict, "broken", text);
  assertMatch(
    text,
    /bad data: 1, .*load sw-007 packet_errors: 200, value 7, .*; snapshot boot-\d had/,
  );
});

Deno.test("wrong answers of the load count as often as they were given", () => {
  const [{ text }] = judged(inOne((answers) => some(answers, { values: [[1, "7", 12]] })));
  assertMatch(text, /bad data: 12,/);
});

Deno.test("an answer of the load without the value it owes is bad data", () => {
  const [{ verdict, text }] = judged(
    inOne((answers) => some(answers, { values: [[0, null, 1]] })),
  );
  assertEquals(verdict, "broken");
  assertMatch(text, /load sw-000 bandwidth_gbps: 200, .*it has no value/);
});

/** The same answers from the snapshot before, under its own id and age. */
const before = (answers: LoadAnswers, sent_max_ms: number) => {
  const sources = SOUND.filter((record) => record.kind === "source");
  const at = sources.findIndex(({ snapshot_id }) => snapshot_id === answers.snapshot_id);
  const { snapshot_id, taken_ms, values } = sources[at - 1];
  return some(answers, {
    ...{ snapshot_id, sent_max_ms, taken_max_ms: taken_ms - STARTED_MS },
    values: [[0, values[CELLS[0]], 1]],
  });
};

Deno.test("an answer from the snapshot before is bad data if it was requested after the newer one", () => {
  const [{ verdict, text }] = judged(inOne((answers, { t_ms }) => before(answers, t_ms - 5)));
  assertEquals(verdict, "broken");
  assertMatch(
    text,
    /load: 200, .*; the newer snapshot boot-\d had been served at 4\.\d s, \d+ ms before/,
  );
});

Deno.test("an answer from the snapshot before is right if it was requested before the newer one", () => {
  const [{ verdict }] = judged(inOne((answers) => before(answers, 4000)));
  assertEquals(verdict, "held");
});

Deno.test("through a load balancer, replicas may answer from different snapshots", () => {
  const behind = edit(inOne((answers, { t_ms }) => before(answers, t_ms - 5)), "run", (run) => ({
    ...run,
    plan: { ...run.plan, settings: { ...run.plan.settings, front: "haproxy" as const } },
  }));
  assertEquals(judged(behind)[0].verdict, "held");
});

Deno.test("an answer of the load that reports younger data than it has is unlabelled", () => {
  const [, { verdict, text }] = judged(
    inOne((answers) => some(answers, { taken_max_ms: Number(answers.taken_max_ms) + 150 })),
  );
  assertEquals(verdict, "broken");
  assertMatch(text, /load: 200, age .*; the data was .* old/);
});
