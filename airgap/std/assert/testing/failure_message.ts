/** Colors of a terminal, present in messages unless NO_COLOR is set. */
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

/** As {@linkcode failureMessage}, for an asynchronous assertion. */
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
  if (!(error instanceof Error) || error.name !== "AssertionError") throw error;
  return error.message.replaceAll(COLORS, "");
}
