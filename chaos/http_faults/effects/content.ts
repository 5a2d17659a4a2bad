/** Faults of the sample itself. */
import type { Answer } from "../answer.ts";
import type { Changed } from "../csv/rows.ts";
import type { Effect } from "./effect.ts";

/**
 * Changes the body of each 200. The ETag stays that of the snapshot: the source thinks that it is
 * whole, and an answer can still be told to be of this snapshot.
 */
export function contentEffect(change: (body: Uint8Array) => Changed): Effect {
  return {
    wants_body: true,
    change(answer: Answer) {
      if (answer.status !== 200) return null;
      const body = change(answer.body);
      return body === null ? null : { ...answer, body };
    },
  };
}
