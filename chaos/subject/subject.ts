/** What the lab has to know of a program to put it under test. */

/** Units an age is told in. */
export const AGE_UNITS = { ms: 1, s: 1_000, us: 0.001 } as const;

/** One of {@link AGE_UNITS}. */
export type AgeUnit = keyof typeof AGE_UNITS;

/** Where an answer says how old its data is; null where it does not. */
export type AgePlace =
  | { readonly header: string; readonly unit: AgeUnit }
  | { readonly pointer: string; readonly unit: AgeUnit }
  | null;

/** Where `/stats` tells of the poller: JSON pointers (RFC 6901), null where it does not. */
export interface PollerPlaces {
  readonly polls: string | null;
  readonly failures: string | null;
  readonly failures_by_cause: string | null;
  readonly circuit: string | null;
  readonly event_loop_block_max_ms: string | null;
}

/** A program that polls a source and serves what it has. */
export interface Subject {
  readonly name: string;
  /** Program and arguments; `{upstream}`, `{port}` and the like are put in. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Placeholders are put in here too. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of the source in `{upstream}`. */
  readonly upstream_path: string;
  /** Path that is answered, with whatever status, as soon as the process serves. */
  readonly alive: string;
  /** Path that answers 200 once there is data. */
  readonly ready: string;
  readonly probes: {
    /** With `{switch_id}` and `{metric}`. */
    readonly value: string;
    readonly list: string | null;
    readonly stats: string | null;
  };
  readonly age: AgePlace;
  /** JSON pointers into the answer to the value probe. */
  readonly value: string | null;
  readonly snapshot_id: string | null;
  readonly poller: PollerPlaces;
}

/** What may stand in braces in `command` and `env`. */
export const PLACEHOLDERS = [
  "upstream",
  "port",
  "poll_ms",
  "poll_timeout_ms",
  "backoff_max_ms",
] as const;

/** Values of {@link PLACEHOLDERS}. */
export type PlaceholderValues = Readonly<Record<typeof PLACEHOLDERS[number], string>>;

/**
 * Puts values in for the names in braces; other braces are left alone.
 *
 * ```ts
 * fillIn("--port={port}", { port: "20001" }); // "--port=20001"
 * ```
 */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Path of the value probe for one cell, percent-encoded. */
export function valuePath(subject: Subject, switch_id: string, metric: string): string {
  return fillIn(subject.probes.value, {
    switch_id: encodeURIComponent(switch_id),
    metric: encodeURIComponent(metric),
  });
}
