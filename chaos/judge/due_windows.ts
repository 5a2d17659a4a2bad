/**
 * The load's answers where they were due. bench/k6/waves.js is a closed loop: whoever waits for an
 * answer leaves out the waves meanwhile, so that a subject that stands still for a second is charged
 * for one wave of ten (coordinated omission). What was left out is put back here, with the time it
 * would have waited had it been asked on time. Pure.
 */
import { BUCKET_RATIO, type LoadRecord } from "../journal/mod.ts";
import { WAVE_IN_WINDOW_MS, type Waves } from "../vocabulary/mod.ts";
import { countOf } from "./histogram.ts";
import type { Span } from "./span.ts";

/**
 * The windows with the durations of what was due in them; all else is as it was. An answer of `d` ms
 * has swallowed ⌈d / wave⌉ − 1 waves: it moves to where it was asked, and each wave since has an
 * answer of what was left of `d` then.
 *
 * Durations are told up to {@link BUCKET_RATIO} too long. Where that makes a wave more or less, there
 * is one more as far as its waves lack answers.
 *
 * What a second load asks (`resource.load_step`) is taken for the first one's.
 */
export function dueWindows(load: readonly LoadRecord[], waves: Waves): LoadRecord[] {
  const due = new DueAnswers(load, waves);
  const unclear: Answers[] = [];
  for (const { t_ms, window_ms, durations } of load) {
    for (const [le_ms, count] of durations) {
      const answers = { t_ms, window_ms, le_ms, count };
      const least = swallowedBy(le_ms / BUCKET_RATIO, waves);
      if (least === swallowedBy(le_ms, waves)) due.put(answers, least);
      else unclear.push(answers);
    }
  }
  for (const answers of unclear) {
    const most = swallowedBy(answers.le_ms, waves);
    const count = Math.min(answers.count, due.lacking(answers, most));
    due.put({ ...answers, count }, most);
    due.put({ ...answers, count: answers.count - count }, most - 1);
  }
  return load.map((window) => ({ ...window, durations: due.durationsOf(window.t_ms) }));
}

/** How many waves are due in that span. */
export function wavesDue({ from_ms, to_ms }: Span, { every_ms }: Waves): number {
  return Math.max(0, wavesBefore(to_ms, every_ms) - wavesBefore(from_ms, every_ms));
}

/** Answers of a window that took as long. */
interface Answers {
  /** End of the window they came in. */
  t_ms: number;
  window_ms: number;
  le_ms: number;
  count: number;
}

class DueAnswers {
  readonly #waves: Waves;
  /** Durations and how many there are, by when a window ends. */
  readonly #by_end: Map<number, Map<number, number>>;

  constructor(load: readonly LoadRecord[], waves: Waves) {
    this.#waves = waves;
    this.#by_end = new Map(load.map(({ t_ms }) => [t_ms, new Map()]));
  }

  put({ t_ms, window_ms, le_ms, count }: Answers, swallowed: number): void {
    if (count === 0) return;
    for (let back = 0; back <= swallowed; back++) {
      const end_ms = swallowed === 0 ? t_ms : this.#windowOf(t_ms, back, window_ms);
      const due = this.#by_end.get(end_ms);
      const waited_ms = le_ms - (swallowed - back) * this.#waves.every_ms;
      due?.set(waited_ms, (due.get(waited_ms) ?? 0) + count);
    }
  }

  /** Answers that each of the last waves lacks, as many as were swallowed and the one asked. */
  lacking({ t_ms, window_ms }: Answers, swallowed: number): number {
    let least = this.#waves.users;
    for (let back = 0; back <= swallowed; back++) {
      const came = countOf(this.durationsOf(this.#windowOf(t_ms, back, window_ms)));
      least = Math.min(least, this.#waves.users - came);
    }
    return Math.max(0, least);
  }

  durationsOf(end_ms: number): [le_ms: number, count: number][] {
    return [...this.#by_end.get(end_ms) ?? []].toSorted(([a], [b]) => a - b);
  }

  /** End of the window that has the wave so many before the last one due by `t_ms`. */
  #windowOf(t_ms: number, back: number, window_ms: number): number {
    const { every_ms } = this.#waves;
    const wave_ms = (wavesBefore(t_ms, every_ms) - 1 - back) * every_ms + WAVE_IN_WINDOW_MS;
    return (Math.floor(wave_ms / window_ms) + 1) * window_ms;
  }
}

function swallowedBy(duration_ms: number, { every_ms }: Waves): number {
  return Math.max(0, Math.ceil(duration_ms / every_ms) - 1);
}

/** Waves due since the run's start, at which windows and waves are counted from. */
function wavesBefore(t_ms: number, every_ms: number): number {
  return Math.max(0, Math.ceil((t_ms - WAVE_IN_WINDOW_MS) / every_ms));
}
