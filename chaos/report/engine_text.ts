/** What put the faults on, in words. Pure. */
import { NOT_STARTED } from "../journal/mod.ts";

/**
 * ```ts
 * engineText("embedded", (tcp) => `faults by ${tcp}`); // "faults by embedded"
 * ```
 *
 * @param tcp Of the run's first line.
 */
export function engineText(tcp: string, say: (tcp: string) => string): string {
  return tcp === NOT_STARTED ? "no engine was started" : say(tcp);
}
