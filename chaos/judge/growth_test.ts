import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProcessSampleRecord } from "../journal/mod.ts";
import { claim, edit, insert, simulate, timesOf } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const { on, off, end } = timesOf();
const MEMORY = claim("memory_mb_per_poll", 0.5, { unit: "MB" });
const SOCKETS = claim("sockets_per_poll", 0.1, { unit: "sockets" });

/** A run whose subject's samples are changed. */
const sampled = (
  condition: typeof MEMORY,
  change: (sample: ProcessSampleRecord) => Partial<ProcessSampleRecord>,
) =>
  edit(
    simulate({ conditions: [condition] }),
    "process_sample",
    (sample) => sample.process === "subject" ? { ...sample, ...change(sample) } : sample,
  );

const judged = (records: readonly JournalRecord[]) => judgeRun(records).conditions[0];

/** A poll every 500 ms. */
const pollsAt = (t_ms: number) => Math.floor((t_ms + 300) / 500);

Deno.test("2 MB that every poll leaves behind are broken within a short run", () => {
  const { verdict, sentence, decided_by } = judged(
    sampled(MEMORY, ({ t_ms }) => ({ rss_mb: 90 + 2 * pollsAt(t_ms) })),
  );
  assertEquals(verdict, "broken", sentence);
  assertMatch(sentence, /^memory per poll: 2 MB, must be ≤ 0\.5 MB/);
  assertMatch(
    decided_by?.text ?? "",
    /^subject: 94 MB at 1\.0 s, 158 MB at 17\.0 s, 32 polls/,
  );
});

Deno.test("5 MB per 1,000 requests are broken, whatever the polls do", () => {
  const condition = claim("memory_mb_per_1000", 2, { unit: "MB" });
  const { verdict, sentence } = judged(
    sampled(condition, ({ t_ms }) => ({ rss_mb: 90 + 5 * t_ms / 1000 })),
  );
  assertEquals(verdict, "broken", sentence);
  assertMatch(sentence, /^memory per 1,000 requests: [45](\.\d+)? MB/);
});

Deno.test("a heap that grows in its first seconds and is collected later is held", () => {
  const noise = (t_ms: number) => (t_ms / 500 * 7) % 5;
  const { verdict, sentence } = judged(
    sampled(
      MEMORY,
      ({ t_ms }) => ({ rss_mb: 60 + 40 * (1 - Math.exp(-t_ms / 800)) + noise(t_ms) }),
    ),
  );
  assertEquals(verdict, "held", sentence);
});

Deno.test("a heap that grows by a few MB is held, however few requests there are", () => {
  const condition = claim("memory_mb_per_1000", 2, { unit: "MB" });
  const few = edit(
    sampled(condition, ({ t_ms }) => ({ rss_mb: 90 + 5 * t_ms / end })),
    "load",
    (load) => ({ ...load, requests: 4 }),
  );
  const { verdict, sentence } = judged(few);
  assertEquals(verdict, "held", sentence);
});

Deno.test("a socket for every failed poll is broken, one for the whole run is held", () => {
  const leaked = ({ t_ms }: ProcessSampleRecord) =>
    Math.max(0, pollsAt(Math.min(t_ms, off)) - pollsAt(on));
  const broken = judged(sampled(SOCKETS, (sample) => ({ sockets: 104 + leaked(sample) })));
  assertEquals(broken.verdict, "broken", broken.sentence);
  assertMatch(broken.decided_by?.text ?? "", /^subject: 104 sockets at .*, 11\d sockets at/);
  const held = judged(sampled(SOCKETS, ({ t_ms }) => ({ sockets: t_ms > on ? 105 : 104 })));
  assertEquals(held.verdict, "held", held.sentence);
});

Deno.test("sockets that come with a fault and go with it are held", () => {
  const { verdict, sentence } = judged(
    sampled(SOCKETS, ({ t_ms }) => ({ sockets: t_ms > on && t_ms < off ? 404 : 104 })),
  );
  assertEquals(verdict, "held", sentence);
});

Deno.test("a restarted subject is measured in its longer life, without its first seconds", () => {
  const start_ms = on + 2000;
  const process = { kind: "process", process: "subject", pid: 7, code: null } as const;
  const records = insert(
    sampled(MEMORY, ({ t_ms }) => ({
      rss_mb: t_ms < start_ms ? 100 : 100 - 60 * Math.exp(-(t_ms - start_ms) / 800),
    })),
    { t_ms: 0, ...process, action: "started" },
    { t_ms: start_ms - 100, ...process, action: "ended" },
    { t_ms: start_ms, ...process, action: "started" },
  );
  const { verdict, sentence, samples } = judged(records);
  assertEquals(verdict, "held", sentence);
  assertEquals(samples, Math.floor((end - start_ms - 5000) / 500) + 1);
});

Deno.test("a subject that never runs for long is inconclusive", () => {
  const short = edit(
    sampled(MEMORY, () => ({})),
    "process_sample",
    (sample) => sample.t_ms > 6000 && sample.t_ms < 7600 ? sample : null,
  );
  assertEquals(judged(short).verdict, "inconclusive");
});
