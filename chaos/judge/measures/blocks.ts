/** Blocks of a subject's event loop, without the time that its threads waited for a core. */
import type { ProcessSampleRecord, StatsRecord } from "../../journal/mod.ts";
import { subjectName } from "../../vocabulary/mod.ts";
import { counted, duration } from "../format.ts";
import type { Span } from "../judgement.ts";
import { BLOCK_READINGS_MIN } from "../limits.ts";
import type { Run } from "../run.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/** A process reports its freeze as a block after its wake, in ms. */
const WAKE_MS = 2_000;

/** A block that was longer than all before it. */
interface Block {
  t_ms: number;
  subject: number;
  block_ms: number;
  /** The block without the longest wait of a thread for a core meanwhile. */
  own_ms: number;
}

/**
 * Longest time that a subject blocked its event loop by itself, in ms, by its own counter.
 *
 * A process that the kernel did not schedule looks blocked, too. The kernel counts how long each
 * thread waited for a core. The longest wait of a thread between the samples around a block is
 * subtracted, in the subject's favor, so a busy machine breaks nothing.
 */
export const longestBlock: ReadMeasure = (run) => {
  const readings = run.stats.filter(({ event_loop_block_max_ms }) =>
    event_loop_block_max_ms !== null
  );
  const wanted = { samples_min: BLOCK_READINGS_MIN, noun: "reading of the event loop's block" };
  if (readings.length === 0) return reading(wanted);
  const subjects = [...new Set(readings.map(({ subject }) => subject))];
  const blocks = subjects.flatMap((subject) =>
    blocksOf(run, readings.filter((one) => one.subject === subject))
  );
  const samples = readings.length;
  if (blocks.length === 0) return reading({ ...wanted, value: 0, samples });
  const worst = blocks.toSorted((a, b) => b.own_ms - a.own_ms)[0];
  const { t_ms, subject, block_ms, own_ms } = worst;
  const text = `${subjectName(subject)}: event loop blocked for ${duration(block_ms)}, while its ` +
    `threads waited at most ${duration(block_ms - own_ms)} for a core`;
  return reading({
    ...wanted,
    value: own_ms,
    samples,
    at: { t_ms, text },
    note: `${duration(block_ms)} by its own counter, ${counted(samples, "reading")}`,
  });
};

/** Each growth of one subject's longest block. */
function blocksOf(run: Run, readings: readonly StatsRecord[]): Block[] {
  const blocks: Block[] = [];
  let before: StatsRecord | null = null;
  for (const stats of readings) {
    const { t_ms, subject, event_loop_block_max_ms: block_ms } = stats;
    const start_ms = startBefore(run, subject, t_ms);
    const is_new = before === null || before.t_ms < start_ms;
    const since: Span = { from_ms: is_new ? start_ms : Number(before?.t_ms), to_ms: t_ms };
    const grew = is_new || Number(block_ms) > Number(before?.event_loop_block_max_ms);
    before = stats;
    if (!grew || since.from_ms === -Infinity || wasFrozen(run, subject, since)) continue;
    const wait_ms = longestWait(run, subject, since) ?? Infinity;
    blocks.push({ t_ms, subject, block_ms: Number(block_ms), own_ms: Number(block_ms) - wait_ms });
  }
  return blocks.map((block) => ({ ...block, own_ms: Math.max(0, block.own_ms) }));
}

/** The last start of the process before a time; -Infinity if the journal has none. */
function startBefore(run: Run, subject: number, before_ms: number): number {
  return run.processes.findLast(({ process, action, t_ms }) =>
    process === subjectName(subject) && action === "started" && t_ms < before_ms
  )?.t_ms ?? -Infinity;
}

/** Whether the process was frozen in the span or just before it. */
function wasFrozen(run: Run, subject: number, { from_ms, to_ms }: Span): boolean {
  return run.processes.some(({ process, action, t_ms }) =>
    process === subjectName(subject) && (action === "stopped" || action === "continued") &&
    t_ms > from_ms - WAKE_MS && t_ms < to_ms
  );
}

/** Longest wait in a span, from the samples that cover it; null if unknown. */
export function longestWait(run: Run, subject: number, { from_ms, to_ms }: Span): number | null {
  const samples = run.process_samples.filter(({ process }) => process === subjectName(subject));
  // A block that ends in the span may have begun before it.
  const first = Math.max(0, samples.findLastIndex(({ t_ms }) => t_ms <= from_ms));
  const last = samples.findIndex(({ t_ms }) => t_ms >= to_ms);
  const covering: ProcessSampleRecord[] = last === -1 ? [] : samples.slice(first, last + 1);
  if (covering.length === 0) return null;
  const waits = covering.map(({ wait_ms }) => wait_ms ?? NaN);
  const sum_ms = waits.reduce((sum, wait_ms) => sum + wait_ms, 0);
  return Number.isNaN(sum_ms) ? null : sum_ms;
}
