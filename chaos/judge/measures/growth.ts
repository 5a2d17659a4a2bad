/**
 * Memory and sockets that a subject keeps, as slopes over the whole run.
 *
 *     samples of a process ── its longest life, warmed up ── Theil–Sen over polls or requests
 */
import { type Point, slopeOf } from "../../../tools/verdict/mod.ts";
import type { ProcessSampleRecord } from "../../journal/mod.ts";
import { counted, instant, quantity } from "../format.ts";
import type { Span } from "../judgement.ts";
import { MEMORY_FLOOR_MB, PROCESS_SAMPLES_MIN, PROCESS_WARM_UP_MS } from "../limits.ts";
import { subjectOf } from "../replicas.ts";
import type { Run } from "../run.ts";
import { inSpans, spansOf } from "../run_segments.ts";
import { mostSeen } from "./polls.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Work over time: its amount so far. */
type Work = readonly { t_ms: number; value: number }[];

interface Growing {
  of(sample: ProcessSampleRecord): number | null;
  unit: string;
  /** Growth over a whole run that is no leak. */
  floor: number;
}

const MEMORY: Growing = { of: ({ rss_mb }) => rss_mb, unit: "MB", floor: MEMORY_FLOOR_MB };
const SOCKETS: Growing = { of: ({ sockets }) => sockets, unit: "sockets", floor: 0 };

/** Growth of the resident memory per poll, in MB. */
export const memoryPerPoll: ReadMeasure = (run) => worstSlope(run, MEMORY, "poll", pollsOf(run));

/** Growth of the resident memory per 1,000 requests of the load, in MB. */
export const memoryPer1000: ReadMeasure = (run) =>
  worstSlope(run, MEMORY, "thousand requests", thousandsOf(run));

/** Growth of the open sockets per poll. */
export const socketsPerPoll: ReadMeasure = (run) => worstSlope(run, SOCKETS, "poll", pollsOf(run));

/** The reading of the subject with the steepest growth, among those with enough samples. */
function worstSlope(run: Run, growing: Growing, noun: string, work: Work): Reading {
  const [measured] = spansOf(run, "always");
  const wanted = { samples_min: PROCESS_SAMPLES_MIN, noun: "sample of the process" };
  if (measured === undefined) return reading(wanted);
  if (work.length < 2) return reading({ ...wanted, doubt: `no counter of ${noun}s` });
  const processes = new Set(run.process_samples.map(({ process }) => process));
  const slopes = [...processes].filter((process) => subjectOf(process) !== null)
    .map((process) => slopeIn(lifeOf(run, process, measured), growing, noun, work))
    .map((one) => ({ ...one, ...wanted }));
  const enough = slopes.filter(({ samples }) => samples >= PROCESS_SAMPLES_MIN);
  return (enough.length > 0 ? enough : slopes)
    .toSorted((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))[0] ?? reading(wanted);
}

function slopeIn(
  samples: readonly ProcessSampleRecord[],
  { of, unit, floor }: Growing,
  noun: string,
  work: Work,
): Reading {
  const known = samples.flatMap((sample) => {
    const y = of(sample);
    return y === null ? [] : [{ sample, point: { x: amountAt(work, sample.t_ms), y } as Point }];
  });
  if (known.length < 2) return reading({});
  const { estimate, low, high } = slopeOf(known.map(({ point }) => point));
  if (Number.isNaN(estimate)) return reading({ doubt: `no ${noun} while the process was sampled` });
  const first = known[0], last = known[known.length - 1];
  const text = `${first.sample.process}: ${quantity(first.point.y, unit)} at ` +
    `${instant(first.sample.t_ms)}, ${quantity(last.point.y, unit)} at ` +
    `${instant(last.sample.t_ms)}, ${counted(Math.round(last.point.x - first.point.x), noun)}`;
  return reading({
    value: estimate,
    samples: known.length,
    interval: [low - floor / (last.point.x - first.point.x), high],
    at: { t_ms: last.sample.t_ms, text },
    note: `${quantity(low, unit)} to ${quantity(high, unit)}`,
  });
}

/** Samples of the process's longest life, from the end of its warm-up to the next start. */
function lifeOf(run: Run, process: string, measured: Span): ProcessSampleRecord[] {
  const starts_ms = run.processes.filter((one) => one.process === process)
    .filter(({ action }) => action === "started").map(({ t_ms }) => t_ms);
  if (starts_ms.length === 0) starts_ms.push(-Infinity);
  const samples = inSpans(run.process_samples, [measured]).filter((one) => one.process === process);
  const lives = starts_ms.map((start_ms, i) =>
    samples.filter(({ t_ms }) =>
      t_ms >= start_ms + PROCESS_WARM_UP_MS && t_ms < (starts_ms[i + 1] ?? Infinity)
    )
  );
  return lives.toSorted((a, b) => b.length - a.length)[0];
}

/** Polls by the counter that saw most. */
function pollsOf(run: Run): Work {
  return mostSeen(run)?.samples ?? [];
}

/** Thousands of requests of the load. */
function thousandsOf(run: Run): Work {
  let value = 0;
  return run.load.map(({ t_ms, requests }) => ({ t_ms, value: value += requests / 1000 }));
}

/** The amount of work at a time, between the counts around it in proportion. */
function amountAt(work: Work, t_ms: number): number {
  const after = work.findIndex((one) => one.t_ms >= t_ms);
  if (after === -1) return work[work.length - 1].value;
  if (after === 0) return work[0].value;
  const a = work[after - 1], b = work[after];
  return a.value + (b.value - a.value) * (t_ms - a.t_ms) / (b.t_ms - a.t_ms);
}
