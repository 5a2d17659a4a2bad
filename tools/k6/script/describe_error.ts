/** An error of the script as messages show it: what, and where in the script. */

/**
 * The message and the script's own lines of the stack; those of the runner are left out.
 *
 * @param localize Turns the URLs of the script's copies into its files' names.
 */
export function describeError(error: unknown, localize: (text: string) => string): string {
  if (!(error instanceof Error)) return `Uncaught ${show(error)}`;
  const { stack = "" } = error;
  const frames = stack.split("\n").filter((line) => /^\s+at .*blob:/.test(line))
    .map((line) => localize(line.trim()));
  const what = localize(syntaxMessage(error));
  return [what, ...frames.filter((frame) => !what.includes(frame.slice(3)))].join("\n    ");
}

/** Deno wraps what is wrong with a module's syntax into a TypeError of several lines. */
function syntaxMessage(error: Error): string {
  const { name, message } = error;
  return message.startsWith("SyntaxError: ") ? message : `${name}: ${message}`;
}

function show(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
