/**
 * What a failed assertion throws; `name` is `AssertionError`.
 *
 * ```ts
 * throw new AssertionError("expected a header", { cause: response });
 * ```
 */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
