/** Options of the programs that measure. Pure. */

/** The command line was not understood; the message says which part. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * A whole number from 1 to `max`.
 *
 * @throws {UsageError} `--rounds 0: must be a whole number 1–100`
 */
export function wholeOption(name: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new UsageError(`${name} ${text}: must be a whole number 1–${max}`);
}
