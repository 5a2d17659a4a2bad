/**
 * Correction for coordinated omission in waves.
 *
 * bench/k6/waves.js is a closed loop: a user that waits for an answer sends no requests for the
 * waves in between. A subject that stalls for a second would be charged for one wave of ten. The
 * correction adds the requests that were due, each with the time it would have waited. Pure.
 */
import { BUCKET_RATIO, type LoadRecord } from "../journal/mod.ts";
import { WAVE_IN_WINDOW_MS, type Waves } from "../vocabulary/mod.ts";
import type { Span } from "./judgement.ts";
import { countOf } from "./load_windows.ts";

/**
 * The windows with the durations that were due in them; all other fields are unchanged.
 *
 * An answer that took `d` ms has suppressed ⌈d / wave⌉ − 1 waves. It moves to the window of its
 * request, and each suppressed wave gets an answer that takes the rest of `d`.
 *
 * Recorded durations are up to {@link BUCKET_RATIO} too long. If that decides whether one more wave
 * was suppressed, it counts as suppressed only as far as these waves lack answers.
 *
 * Requests of a second load (`resource.load_step`) count as requests of the first.
 */
export function dueInWaves(load: readonly LoadRecord[], waves: Waves): LoadRecord[] {
  const due = new DueAnswers(load, waves);
  const unclear: Answers[] = [];
  for (const { t_ms, window_ms, durations } of load) {
    for (const [le_ms, count] of durations) {
      const answers = { t_ms, window_ms, le_ms, count };
      const least = suppressedBy(le_ms / BUCKET_RATIO, waves);
      if (least === suppressedBy(le_ms, waves)) due.put(answers, least);
      else unclear.push(answers);
    }
  }
  for (const answers of unclear) {
    const most = suppressedBy(answers.le_ms, waves);
    const count = Math.min(answers.count, due.lacking(answers, most));
    due.put({ ...answers, count }, most);
    due.put({ ...answers, count: answers.count - count }, most - 1);
  }
  return load.map((window) => ({ ...window, durations: due.durationsOf(window.t_ms) }));
}

/** The number of waves that are due in the span. */
export function wavesDue({ from_ms, to_ms }: Span, { every_ms }: Waves): number {
  return Math.max(0, wavesBefore(to_ms, every_ms) - wavesBefore(from_ms, every_ms));
}

/** Answers of one window with the same duration. */
interface Answers {
  /** End of the window in which they arrived. */
  t_ms: number;
  window_ms: number;
  le_ms: number;
  count: number;
}

class DueAnswers {
  readonly #waves: Waves;
  /** The count of each duration, by the end of the window. */
  readonly #by_end: Map<number, Map<number, number>>;

  constructor(load: readonly LoadRecord[], waves: Waves) {
    this.#waves = waves;
    this.#by_end = new Map(load.map(({ t_ms }) => [t_ms, new Map()]));
  }

  put({ t_ms, window_ms, le_ms, count }: Answers, suppressed: number): void {
    if (count === 0) return;
    for (let back = 0; back <= suppressed; back++) {
      const end_ms = suppressed === 0 ? t_ms : this.#windowOf(t_ms, back, window_ms);
      const due = this.#by_end.get(end_ms);
      const waited_ms = le_ms - (suppressed - back) * this.#waves.every_ms;
      due?.set(waited_ms, (due.get(waited_ms) ?? 0) + count);
    }
  }

  /** Answers that each of the waves lacks: the suppressed ones, and the one of the request. */
  lacking({ t_ms, window_ms }: Answers, suppressed: number): number {
    let least = this.#waves.users;
    for (let back = 0; back <= suppressed; back++) {
      const arrived = countOf(this.durationsOf(this.#windowOf(t_ms, back, window_ms)));
      least = Math.min(least, this.#waves.users - arrived);
    }
    return Math.max(0, least);
  }

  durationsOf(end_ms: number): [le_ms: number, count: number][] {
    return [...this.#by_end.get(end_ms) ?? []].toSorted(([a], [b]) => a - b);
  }

  /** End of the window of the wave that is `back` waves before the last one due by `t_ms`. */
  #windowOf(t_ms: number, back: number, window_ms: number): number {
    const { every_ms } = this.#waves;
    const wave_ms = (wavesBefore(t_ms, every_ms) - 1 - back) * every_ms + WAVE_IN_WINDOW_MS;
    return (Math.floor(wave_ms / window_ms) + 1) * window_ms;
  }
}

function suppressedBy(duration_ms: number, { every_ms }: Waves): number {
  return Math.max(0, Math.ceil(duration_ms / every_ms) - 1);
}

/** Waves due since the start of the run, from which windows and waves are counted. */
function wavesBefore(t_ms: number, every_ms: number): number {
  return Math.max(0, Math.ceil((t_ms - WAVE_IN_WINDOW_MS) / every_ms));
}
