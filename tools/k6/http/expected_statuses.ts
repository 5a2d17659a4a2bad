/** Which answers count as failed: `http.expectedStatuses` and its default. */

/** What `http.expectedStatuses(…)` gives back. */
export class ExpectedStatuses {
  /** Equal for equal expectations. */
  readonly key: string;
  readonly #ranges: readonly (readonly [min: number, max: number])[];

  constructor(ranges: readonly (readonly [number, number])[]) {
    this.#ranges = ranges;
    this.key = ranges.join(";");
  }

  includes(status: number): boolean {
    for (const [min, max] of this.#ranges) if (status >= min && status <= max) return true;
    return false;
  }
}

/** What is expected where a script says nothing. */
export const EXPECTED_BY_DEFAULT = new ExpectedStatuses([[200, 399]]);

/**
 * ```ts
 * expectedStatuses(200, { min: 300, max: 304 }).includes(302); // true
 * ```
 *
 * @throws {TypeError} where an argument is neither a status nor a range.
 */
export function expectedStatuses(...statuses: unknown[]): ExpectedStatuses {
  if (statuses.length === 0) throw new TypeError("http.expectedStatuses: no arguments");
  return new ExpectedStatuses(statuses.map((status) => {
    if (Number.isInteger(status)) return [status as number, status as number];
    const { min, max } = (status ?? {}) as { min?: unknown; max?: unknown };
    if (Number.isInteger(min) && Number.isInteger(max)) return [min as number, max as number];
    throw new TypeError(
      `http.expectedStatuses: must be whole numbers or {min, max}, got ${JSON.stringify(status)}`,
    );
  }));
}
