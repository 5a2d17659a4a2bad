import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Always throws: for code that cannot run unless a type lies.
 *
 * ```ts
 * default: unreachable(`state ${state}`);
 * ```
 */
export function unreachable(msg?: string): never {
  throw new AssertionError(withReason("Unreachable", msg));
}
