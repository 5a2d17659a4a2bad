/** One thing that was looked at. */

/**
 * `ok`: as it should be. `note`: not there, and not needed for everything. `warning`: works, but not
 * as meant. `broken`: has to be mended; one of these makes the exit code 1.
 */
export type State = "ok" | "note" | "warning" | "broken";

/** What was looked at, what was found, and what to do. */
export interface Finding {
  readonly check: string;
  readonly state: State;
  readonly found: string;
  /** What to do; null where there is nothing. */
  readonly advice: string | null;
}

/** A finding with nothing to do. */
export function ok(check: string, found: string): Finding {
  return { check, state: "ok", found, advice: null };
}

/** A finding with something to do. */
export function finding(
  state: Exclude<State, "ok">,
  check: string,
  found: string,
  advice: string,
): Finding {
  return { check, state, found, advice };
}
