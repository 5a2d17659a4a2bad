/** Durations in k6's notation: `1m30s`, `500ms`, `1.5h`, `2d`, or a bare number of milliseconds. */

/** Longest accepted duration, in milliseconds: 10,000 days. */
const DURATION_MS_MAX = 864e9;

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g;

/** In milliseconds. @throws {RangeError} The value is not a duration, negative or too long. */
export function parseDuration(value: unknown): number {
  const duration_ms = typeof value === "number" ? value : readText(value);
  if (!(duration_ms >= 0 && duration_ms <= DURATION_MS_MAX)) {
    throw new RangeError(`must be a duration from 0s to 10000d, such as 1m30s or 500ms`);
  }
  return duration_ms;
}

export function formatDuration(duration_ms: number): string {
  if (duration_ms < 999.9995) return duration_ms === 0 ? "0s" : `${trim(duration_ms)}ms`;
  const rounded_ms = Math.round(duration_ms);
  const hours = Math.floor(rounded_ms / UNIT_MS.h);
  const minutes = Math.floor(rounded_ms % UNIT_MS.h / UNIT_MS.m);
  const seconds = trim(rounded_ms % UNIT_MS.m / 1000);
  return (hours > 0 ? `${hours}h` : "") + (hours > 0 || minutes > 0 ? `${minutes}m` : "") +
    `${seconds}s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}

function readText(value: unknown): number {
  if (typeof value !== "string") return NaN;
  const text = value.trim();
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(text)) return Number(text);
  const parts = [...text.matchAll(PART)];
  if (text === "" || parts.map(([part]) => part).join("") !== text) return NaN;
  return parts.reduce((sum_ms, [, number, unit]) => sum_ms + Number(number) * UNIT_MS[unit], 0);
}
