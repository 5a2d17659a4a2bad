/** Sockets and memory that the subject keeps after the faults. */
import { median } from "../../../tools/verdict/mod.ts";
import type { ProcessSampleRecord } from "../../journal/mod.ts";
import { quantity } from "../format.ts";
import { PROCESS_SAMPLES_MIN } from "../limits.ts";
import type { Run } from "../run.ts";
import { baseline, inSpans, lifted, verify } from "../run_segments.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Processes of the run that are not under test. */
const OTHER_PROCESSES: readonly string[] = ["data_server", "control", "others"];

/** Open sockets after the recovery, minus those before the faults: medians of both sides. */
export const socketGrowth: ReadMeasure = (run) =>
  growth(run, ({ sockets }) => sockets, (after, before) => after - before, "sockets");

/** Resident memory after the recovery over that before the faults: medians of both sides. */
export const memoryGrowthRatio: ReadMeasure = (run) =>
  growth(run, ({ rss_mb }) => rss_mb, (after, before) => after / before, "MB");

function growth(
  run: Run,
  of: (sample: ProcessSampleRecord) => number | null,
  compare: (after: number, before: number) => number,
  unit: string,
): Reading {
  const before_span = baseline(run);
  const lift_ms = lifted(run);
  const after_span = verify(run) ??
    (lift_ms === null ? null : { from_ms: lift_ms, to_ms: run.last_ms });
  const wanted = {
    samples_min: PROCESS_SAMPLES_MIN,
    noun: "sample of the process on either side",
  };
  if (before_span === null || after_span === null) return reading(wanted);
  const process = run.process_samples.find(({ process }) => !OTHER_PROCESSES.includes(process));
  const values = (span: typeof before_span) =>
    inSpans(run.process_samples, [span]).filter((sample) => sample.process === process?.process)
      .map(of).filter((value) => value !== null);
  const before = values(before_span), after = values(after_span);
  const samples = Math.min(before.length, after.length);
  if (samples === 0) return reading(wanted);
  const text = `${process?.process}: ${quantity(median(before), unit)} before, ` +
    `${quantity(median(after), unit)} after`;
  return reading({
    ...wanted,
    samples,
    value: compare(median(after), median(before)),
    at: { t_ms: after_span.to_ms, text },
    note: text,
  });
}
