/** Numbers and times as text. */

/**
 * A value with its unit, in three significant digits.
 *
 * ```ts
 * quantity(820, "ms"); // "820 ms"
 * quantity(14_230, "ms"); // "14.2 s"
 * quantity(0.0123, "%"); // "1.23 %"
 * quantity(1.034, "×"); // "1.03 ×"
 * quantity(null, "ms"); // "–"
 * ```
 */
export function quantity(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return "∞";
  if (unit === "ms") return duration(value);
  if (unit === "%") return `${digits(value * 100)} %`;
  return unit === "" ? digits(value) : `${digits(value)} ${unit}`;
}

/** A duration: seconds from one second on, milliseconds below. */
export function duration(value_ms: number): string {
  if (Math.abs(value_ms) < 1000) return `${digits(value_ms)} ms`;
  const s = value_ms / 1000;
  return `${Math.abs(s) < 100 ? trimmed(s, Math.abs(s) < 10 ? 2 : 1) : Math.round(s)} s`;
}

/** A time in the run: `12.3 s`. */
export function instant(t_ms: number): string {
  return `${(t_ms / 1000).toFixed(1)} s`;
}

/** `1 probe`, `20 probes`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return Math.round(value).toLocaleString("en-US");
  return trimmed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
}

/** Without trailing zeros. */
function trimmed(value: number, places: number): string {
  const text = value.toFixed(places);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
