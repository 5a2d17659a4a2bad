/** Sends an answer at the speed a fault allows. */
import { DRIP_EVERY_MS } from "./limits.ts";
import type { Outgoing } from "./outgoing.ts";
import { waitFor } from "./wait.ts";

/** Where it goes, and what may end the wait. */
export interface Receiver {
  /** Sends all of the bytes; throws where the client is gone. */
  write(bytes: Uint8Array): Promise<void>;
  readonly gone: AbortSignal;
  /** Aborts when the slowness is lifted: the rest goes out at once. */
  readonly hurry: AbortSignal;
  /** Aborts when the endlessness is lifted: the body ends there, unfinished. */
  readonly stop: AbortSignal;
  now(): number;
}

/** Whether it all went out. */
export async function send(outgoing: Outgoing, to: Receiver): Promise<boolean> {
  const { head, pieces, bytes_per_s } = outgoing;
  await to.write(head);
  const started_ms = to.now();
  let sent = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      if (to.gone.aborted || to.stop.aborted) return false;
      const is_slow = bytes_per_s !== null && !to.hurry.aborted;
      const drop = is_slow ? Math.max(1, Math.floor(bytes_per_s * DRIP_EVERY_MS / 1000)) : Infinity;
      const part = piece.subarray(at, at + drop);
      await to.write(part);
      at += part.length;
      sent += part.length;
      const due_ms = is_slow ? started_ms + sent / bytes_per_s * 1000 : 0;
      if (due_ms - to.now() >= 1) {
        await waitFor(due_ms - to.now(), to.gone, to.hurry, to.stop);
      }
    }
  }
  return true;
}
