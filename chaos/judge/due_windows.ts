/**
 * The windows of the load with the requests that were due in them, whether they were sent or not
 * (correction for coordinated omission). Pure.
 */
import type { LoadRecord, LoadSide } from "../journal/mod.ts";
import { arrivalsOf, type LoadProfile, wavesOf } from "../vocabulary/mod.ts";
import { dueInWaves, wavesDue } from "./due_waves.ts";
import type { Span } from "./judgement.ts";
import { bucketPercentile, type Durations } from "./load_windows.ts";

/** The windows with the durations due in them; all other fields are unchanged. */
export function dueWindows(load: readonly LoadRecord[], profile: LoadProfile): LoadRecord[] {
  const waves = wavesOf(profile);
  if (waves !== null) return dueInWaves(load, waves);
  if (arrivalsOf(profile) === null) return [...load];
  const subject = dueArrivals(load, load);
  const control = dueArrivals(load, load.map((window) => window.control ?? NO_REQUESTS));
  return load.map((window, i) => ({
    ...window,
    durations: subject[i],
    ...(window.control ? { control: { ...window.control, durations: control[i] } } : {}),
  }));
}

/** Number of requests to the subject due in the span; null if the profile has no fixed rate. */
export function requestsDue(profile: LoadProfile, span: Span): number | null {
  const waves = wavesOf(profile);
  if (waves !== null) return wavesDue(span, waves) * waves.users;
  const arrivals = arrivalsOf(profile);
  return arrivals && (span.to_ms - span.from_ms) / 1000 * arrivals.per_s;
}

const NO_REQUESTS: LoadSide = { requests: 0, failed: 0, durations: [] };

/**
 * The durations due in each window of one server's arrivals.
 *
 * An answer moves to the window of its request. A request that was dropped because all connections
 * waited for answers would have been sent once the next answer had freed a connection. It counts
 * with that wait and the median duration of the requests sent then. This is no more than a client
 * with more connections would have waited, as it leaves out the requests dropped before it, and the
 * rule is the same for subject and control. Without a later answer, the wait ends with the journal.
 */
function dueArrivals(
  windows: readonly Pick<LoadRecord, "t_ms" | "window_ms">[],
  sides: readonly LoadSide[],
): Durations[] {
  const due = windows.map(() => new Map<number, number>());
  const by_end = new Map(windows.map(({ t_ms }, i) => [t_ms, due[i]]));
  const put = (durations: Map<number, number> | undefined, value_ms: number, count: number) =>
    durations?.set(value_ms, (durations.get(value_ms) ?? 0) + count);
  windows.forEach(({ t_ms, window_ms }, i) => {
    for (const [le_ms, count] of sides[i].durations) {
      const sent_ms = t_ms - window_ms / 2 - le_ms;
      put(by_end.get(Math.ceil(sent_ms / window_ms) * window_ms), le_ms, count);
    }
  });
  const sent = due.map(sorted);
  let free = windows.length - 1, answer_ms = 0;
  for (let i = windows.length - 1; i >= 0; i--) {
    if (sides[i].requests > 0) {
      free = i;
      answer_ms = bucketPercentile(sent[i], 50) || 0; // NaN: no request was sent then
    }
    const wait_ms = windows[free].t_ms - windows[i].t_ms;
    const { dropped = 0 } = sides[i];
    if (dropped > 0) put(due[i], wait_ms + answer_ms, dropped);
  }
  return due.map(sorted);
}

function sorted(durations: ReadonlyMap<number, number>): [le_ms: number, count: number][] {
  return [...durations].toSorted(([a], [b]) => a - b);
}
