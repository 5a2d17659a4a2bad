import { checkError, type ErrorClass, expectedError } from "./_expected_error.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless the promise that `fn` returns rejects; resolves to what it rejected with. A `fn`
 * that throws before it returns a promise fails the assertion too.
 *
 * ```ts
 * await assertRejects(() => fetchSample(url, { body_bytes_max: 10 }), PollError, "over the limit");
 * ```
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** As above, for an error of `ErrorClass` whose message holds `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  class_or_msg?: ErrorClass | string,
  msg_includes_or_msg?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectedError(class_or_msg, msg_includes_or_msg, msg);
  const promise = startedPromise(fn, expected.msg);
  try {
    await promise;
  } catch (error) {
    checkError(error, expected, "rejected");
    return error;
  }
  throw new AssertionError(withReason("Expected function to reject", expected.msg));
}

function startedPromise(
  fn: () => PromiseLike<unknown>,
  msg: string | undefined,
): PromiseLike<unknown> {
  const sentence = "Function throws when expected to reject";
  let returned: PromiseLike<unknown>;
  try {
    returned = fn();
  } catch {
    throw new AssertionError(withReason(sentence, msg));
  }
  if (typeof (returned as PromiseLike<unknown> | undefined)?.then !== "function") {
    throw new AssertionError(withReason(sentence, msg));
  }
  return returned;
}
