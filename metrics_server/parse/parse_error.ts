import type { PollCause } from "../../contracts/mod.ts";

/**
 * A body that is not a sample. `cause` is the word counted in `/stats`, the message says what was
 * found and where.
 */
export class ParseError extends Error {
  override readonly name = "ParseError";

  constructor(readonly cause_word: PollCause, message: string) {
    super(message);
  }
}
