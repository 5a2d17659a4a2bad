/** One exit code for many runs. Pure. */

/** From good to bad: what is broken outweighs what nobody knows, and what is left behind both. */
const ORDER: readonly number[] = [0, 2, 1, 3];

/**
 * ```ts
 * worstOf([0, 2, 1]); // 1
 * ```
 */
export function worstOf(codes: readonly number[]): number {
  return codes.reduce(
    (worst, code) => ORDER.indexOf(code) > ORDER.indexOf(worst) ? code : worst,
    0,
  );
}
