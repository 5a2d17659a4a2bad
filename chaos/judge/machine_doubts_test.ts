import { assertEquals } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { claim, edit, simulate, timesOf } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();

/** Other programs use this share of a core, from a time on. */
const besides = (records: readonly JournalRecord[], share: number, from_ms = 0) =>
  edit(records, "process_sample", (sample) =>
    sample.process !== "others" ? sample : {
      ...sample,
      cpu_ms: Math.max(0, sample.t_ms - from_ms) * share,
    });

/** A run that ends before the subject has recovered. */
const UNCLEAR = edit(
  simulate({ conditions: [claim("metastable", 0)] }),
  "probe",
  (probe) => probe.t_ms < TIMES.off ? probe : { ...probe, status: 500, error: "boom" },
);

for (
  const [words, records, is_machines] of [
    ["a quiet machine does not explain an inconclusive run", besides(UNCLEAR, 0.1), false],
    ["a neighbour on a core explains an inconclusive run", besides(UNCLEAR, 0.8), true],
    [
      "more CPU use than in the baseline explains an inconclusive run",
      besides(UNCLEAR, 0.4, TIMES.off),
      true,
    ],
    ["a held run needs no explanation", besides(simulate(), 0.8), false],
    [
      "a truncated journal is not explained by the machine",
      edit(besides(simulate(), 0.8), "end", () => null),
      false,
    ],
  ] as const
) {
  Deno.test(words, () => assertEquals(judgeRun(records).is_machines, is_machines));
}
