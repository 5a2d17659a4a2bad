/** What runs beside a run and has to be stopped with it. */
import { STOP_PART_MS_MAX } from "./limits.ts";
import { messageOf, within } from "./waiting.ts";

/** Last started, first stopped. */
export class Parts {
  readonly #parts: { what: string; stop: () => Promise<void> }[] = [];

  /** @param what As a message names it: `the load`. */
  add(what: string, stop: () => Promise<void>): void {
    this.#parts.push({ what, stop });
  }

  /** Stops all; one that does not stop is told of and left to the guard. */
  async stop(onFailure: (detail: string) => void): Promise<void> {
    for (let part; (part = this.#parts.pop()) !== undefined;) {
      try {
        await within(part.stop(), STOP_PART_MS_MAX, `stopping ${part.what}`);
      } catch (error) {
        onFailure(messageOf(error));
      }
    }
  }
}
