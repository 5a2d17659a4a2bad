/** What a load run is told, and the checks that keep it within its limits. */
import { CONNECTIONS_MAX, DURATION_MS_MAX, RATE_PER_S_MAX, TARGETS_MAX } from "./limits.ts";
import type { Target } from "./request.ts";
import type { Dial } from "./socket.ts";

/** A run on a number of keep-alive connections, one outstanding request each. */
export interface LoadPlan {
  /** Sent in turn, over and over, by all connections together. */
  targets: readonly Target[];
  connections: number;
  /** Load before the window, not measured (its errors are counted). */
  warmup_ms: number;
  /** Length of the window that is measured. */
  duration_ms: number;
  response_timeout_ms?: number;
  connect_timeout_ms?: number;
  /** Whether the answer to `targets[target]` is as it should be; default: its status is 200. */
  check?: (status: number, target: number) => boolean;
}

/** The outside world of a run. */
export interface LoadEnvironment {
  dial: Dial;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** @throws {RangeError} naming the first value that is out of its bounds. */
export function assertLoadPlan(plan: LoadPlan & { rate_per_s?: number }): void {
  within("targets", plan.targets.length, 1, TARGETS_MAX);
  within("connections", plan.connections, 1, CONNECTIONS_MAX);
  within("warmup_ms", plan.warmup_ms, 0, DURATION_MS_MAX);
  within("duration_ms", plan.duration_ms, 1, DURATION_MS_MAX);
  if (plan.rate_per_s !== undefined) within("rate_per_s", plan.rate_per_s, 1, RATE_PER_S_MAX);
}

function within(name: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new RangeError(`Cannot start the load: ${name} must be ${min}–${max}, got ${value}`);
  }
}
