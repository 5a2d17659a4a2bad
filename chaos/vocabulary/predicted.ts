/** Bounds as sums of named times, so that a report can say where a number comes from. */
import { type Duration, durationText } from "./duration.ts";
import type { Settings } from "./plan.ts";

/** Longest an exchange with the source takes on loopback on a busy machine, in milliseconds. */
export const FETCH_MS = 150;

/** Longest between something happening and a probe seeing it, in milliseconds. */
export const SAMPLING_MS = 250;

/** What a bound may depend on. */
export interface BoundContext {
  readonly settings: Settings;
  /** First fault on → last fault off. */
  readonly fault_ms: number;
}

/** A bound and where it comes from. */
export interface Predicted {
  readonly value: number;
  /** `fault 20 s + data interval 1 s + poll 500 ms`. */
  readonly because: string;
}

/** A time that is known when the scenario's settings are. */
export interface Bound {
  plus(...others: Bound[]): Bound;
  of(context: BoundContext): Predicted;
}

function bound(of: (context: BoundContext) => Predicted): Bound {
  return {
    of,
    plus: (...others) =>
      bound((context) => {
        const parts = [{ of }, ...others].map((one) => one.of(context));
        return {
          value: parts.reduce((sum, part) => sum + part.value, 0),
          because: parts.map((part) => part.because).join(" + "),
        };
      }),
  };
}

function named(name: string, value: (context: BoundContext) => number): Bound {
  return bound((context) => {
    const value_ms = value(context);
    return { value: value_ms, because: `${name} ${durationText(value_ms)}` };
  });
}

/** A given time and why it is given. */
export function fixed(value: Duration, why: string): Bound {
  return named(why, () => value);
}

/** First fault on → last fault off. */
export const faultLength = (): Bound => named("fault", (context) => context.fault_ms);
/** P. */
export const pollInterval = (): Bound => named("poll", ({ settings }) => settings.poll_ms);
/** T. */
export const pollTimeout = (): Bound =>
  named("poll time-out", ({ settings }) => settings.poll_timeout_ms);
/** B: a poll that failed is tried again after this long at most. */
export const longestBackoff = (): Bound =>
  named("longest backoff", ({ settings }) => Math.max(settings.poll_ms, settings.backoff_max_ms));
/** The source's own interval. */
export const dataInterval = (): Bound =>
  named("data interval", ({ settings }) => settings.data_interval_ms);
/** F, see {@link FETCH_MS}. */
export const fetchTime = (): Bound => named("fetch", () => FETCH_MS);
/** See {@link SAMPLING_MS}. */
export const samplingTime = (): Bound => named("sampling", () => SAMPLING_MS);
