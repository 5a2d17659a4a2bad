/** Errors that end a script, a call or a test, and the text that messages show for them. */
import { EXIT_CODES } from "../exit_codes.ts";

/** The script cannot be loaded or run; the message names its file and line if they are known. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly exit_code = EXIT_CODES.script_exception;
}

/** Thrown by `exec.test.abort()`, so that the code that called it stops. */
export class TestAborted extends Error {
  override readonly name = "TestAborted";

  constructor(reason: string) {
    super(reason === "" ? "test aborted" : `test aborted: ${reason}`);
  }
}

/** A call that this runner cannot carry out. It is logged once and ends the run. */
export class NotSupported extends TypeError {
  override readonly name = "NotSupported";
}

/** The runner cut the script's function off. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Whether code of the script threw it; else the runner is at fault. */
export function isOfScript(error: unknown): boolean {
  return !(error instanceof Error) || (error.stack ?? "").includes("blob:");
}

/**
 * The message and the script's own lines of the stack, without the runner's.
 * @param localize Turns the URLs of the script's copies into its files' names.
 */
export function describeError(error: unknown, localize: (text: string) => string): string {
  if (!(error instanceof Error)) return `Uncaught ${show(error)}`;
  if (error instanceof ScriptError) return error.message; // already described
  const { name, message, stack = "" } = error;
  const frames = stack.split("\n").filter((line) => /^\s+at .*blob:/.test(line))
    .map((line) => localize(line.trim()));
  // Deno wraps a module's syntax error into a TypeError of several lines.
  const what = localize(message.startsWith("SyntaxError: ") ? message : `${name}: ${message}`);
  return [what, ...frames.filter((frame) => !what.includes(frame.slice(3)))].join("\n    ");
}

function show(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
