/** Numbers with units, for people. */
import type { MetricContents } from "../metrics/metric.ts";

export type TimeUnit = "s" | "ms" | "us" | "";

/** `140.36ms`, `1m23s`; an empty unit is chosen by the size of the time. */
function formatTime(time_ms: number, unit: TimeUnit): string {
  if (unit === "s") return `${(time_ms / 1000).toFixed(2)}s`;
  if (unit === "ms") return `${time_ms.toFixed(2)}ms`;
  if (unit === "us") return `${(time_ms * 1000).toFixed(2)}µs`;
  const size_ms = Math.abs(time_ms);
  if (size_ms === 0) return "0s";
  if (size_ms < 0.0009995) return `${short(time_ms * 1e6)}ns`;
  if (size_ms < 0.9995) return `${short(time_ms * 1000)}µs`;
  if (size_ms < 999.995) return `${short(time_ms)}ms`;
  if (size_ms < 59_995) return `${short(time_ms / 1000)}s`;
  const seconds = Math.round(size_ms / 1000);
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds % 3600 / 60);
  return (time_ms < 0 ? "-" : "") + (hours > 0 ? `${hours}h` : "") + `${minutes}m${seconds % 60}s`;
}

/** `4.9 kB` */
function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = Math.abs(bytes), unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  const digits = unit > 0 && size < 9.95 ? size.toFixed(1) : size.toFixed(0);
  return `${bytes < 0 ? "-" : ""}${digits} ${units[unit]}`;
}

/** A share of 1 in percent; cut, not rounded, so only a full share is 100 %. */
export function formatShare(share: number): string {
  return `${(Math.trunc(share * 10_000 + 1e-9) / 100).toFixed(2)}%`;
}

export function formatValue(value: number, contains: MetricContents, unit: TimeUnit): string {
  if (contains === "time") return formatTime(value, unit);
  return contains === "data" ? formatBytes(value) : formatNumber(value);
}

export function formatNumber(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** Two decimals at most. */
function short(value: number): string {
  return String(Number(value.toFixed(2)));
}
