/**
 * Durations, and bounds that are sums of named durations, so that a report can explain a number.
 */
import type { Settings } from "./plan.ts";

/**
 * Milliseconds made by {@link ms} or {@link s}, so that a bare `20` is never mistaken for seconds.
 */
export type Duration = number & { readonly __unit: "ms" };

/** `ms(250)`: 250 milliseconds. */
export function ms(count: number): Duration {
  return count as Duration;
}

/** `s(20)`: 20 seconds. */
export function s(count: number): Duration {
  return count * 1000 as Duration;
}

/** A duration for people: seconds from one second on, milliseconds below. */
export function durationText(duration_ms: number): string {
  if (Math.abs(duration_ms) < 1000) return `${Math.round(duration_ms * 100) / 100} ms`;
  return `${Math.round(duration_ms / 10) / 100} s`;
}

/** Longest exchange with the source on loopback on a busy machine, in milliseconds. */
const FETCH_MS = 150;

/** Longest time until a probe sees a change, in milliseconds. */
const SAMPLING_MS = 250;

/** Longest time between two probes of one of up to four replicas, in milliseconds. */
export const PROBE_INTERVAL_MS = 100;

/** Timeout of a probe's connection, and again of its answer, in milliseconds. */
export const PROBE_DEADLINE_MS = 1000;

/** The values a bound may depend on. */
export interface BoundContext {
  readonly settings: Settings;
  /** First fault on → last fault off. */
  readonly fault_ms: number;
}

/** The value of a bound and its explanation. */
export interface Predicted {
  readonly value: number;
  /** `fault 20 s + data interval 1 s + poll 500 ms`. */
  readonly because: string;
}

/** A duration that is known once the scenario's settings are. */
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

/** A bound that depends on the settings. */
export function chosen(choose: (context: BoundContext) => Bound): Bound {
  return bound((context) => choose(context).of(context));
}

/** A given duration and its reason. */
export function fixed(value: Duration, why: string): Bound {
  return named(why, () => value);
}

/** First fault on → last fault off. */
export const faultLength = (): Bound => named("fault", (context) => context.fault_ms);
/** The time between two polls. */
export const pollInterval = (): Bound => named("poll", ({ settings }) => settings.poll_ms);
/** The time after which a poll is given up. */
export const pollTimeout = (): Bound =>
  named("poll timeout", ({ settings }) => settings.poll_timeout_ms);
/** Longest pause between a failed poll and the next one. */
export const longestBackoff = (): Bound =>
  named("longest backoff", ({ settings }) => Math.max(settings.poll_ms, settings.backoff_max_ms));
/** The time after which another replica may take over from a leader that does not renew. */
export const leaseTime = (): Bound => named("lease", ({ settings }) => settings.lease_ms);
/**
 * The time until the source has a snapshot that a dead leader cannot have brought, and another
 * replica may poll for it.
 */
export const leaseOrSnapshot = (): Bound =>
  chosen(({ settings: { lease_ms, data_interval_ms } }) =>
    lease_ms >= data_interval_ms ? leaseTime() : dataInterval()
  );
/** The time between two snapshots of the source. */
export const dataInterval = (): Bound =>
  named("data interval", ({ settings }) => settings.data_interval_ms);
export const fetchTime = (): Bound => named("fetch", () => FETCH_MS);
export const samplingTime = (): Bound => named("sampling", () => SAMPLING_MS);
/** What probes cannot resolve: a replica may have had a snapshot since the probe before. */
export const probeInterval = (): Bound => named("probe interval", () => PROBE_INTERVAL_MS);
