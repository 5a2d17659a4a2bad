/** What a test of an assertion looks at: the message with which it fails, if it does. */

import { AssertionError } from "@std/assert";

/** Colors of a terminal, which messages have unless NO_COLOR is set. */
// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[\d+m/g;

/** Message of the `AssertionError` that `assertion` throws, without colors; `null` if it passes. */
export function failureMessage(assertion: () => void): string | null {
  try {
    assertion();
  } catch (error) {
    return messageOf(error);
  }
  return null;
}

/** The same of an assertion that has to be awaited. */
export async function failureMessageAsync(
  assertion: () => Promise<unknown>,
): Promise<string | null> {
  try {
    await assertion();
  } catch (error) {
    return messageOf(error);
  }
  return null;
}

function messageOf(error: unknown): string {
  if (!(error instanceof AssertionError)) throw error;
  return error.message.replaceAll(COLORS, "");
}
