/** Configuration errors, and the exit they cause. */
import { redactText, redactWrittenUrl } from "../redact.ts";

/** A bad configuration in one line: variable, value, bound and, unless obvious, the remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One entry for each bad variable; the message is these joined by `; `. */
  readonly problems: readonly string[];

  constructor(...problems: string[]) {
    const shown = problems.map((problem) => oneLine(redactText(problem)));
    super(shown.join("; "));
    this.problems = shown;
  }
}

const VALUE_CHARS_MAX = 120;

/**
 * `NAME=value: must be …`, the form of every problem. Credentials are hidden, because the line is
 * logged. A very long value is cut.
 */
export function badValue(variable: string, value: string, must: string): ConfigError {
  const shown = hideCredentials(value);
  const cut = shown.length > VALUE_CHARS_MAX ? `${shown.slice(0, VALUE_CHARS_MAX)}…` : shown;
  return new ConfigError(`${variable}=${cut}: ${must}`);
}

/** In a value that is not a URL, everything before its last `@` may be a password. */
function hideCredentials(value: string): string {
  const shown = value.replace(/^(\w+:\/\/)?.*@/s, "$1***@");
  return /^\w+:/.test(value) ? redactWrittenUrl(shown) : redactText(shown);
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f\u0085\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** EX_CONFIG of BSD's sysexits.h: configuration error. */
export const EXIT_CODE_CONFIG = 78;

/** Writes the error to stderr, in one line, and exits with {@link EXIT_CODE_CONFIG}. */
export function exitWithUsage(error: ConfigError): never {
  const line = new TextEncoder().encode(`${error.message}\n`);
  for (let at = 0; at < line.length;) at += Deno.stderr.writeSync(line.subarray(at));
  Deno.exit(EXIT_CODE_CONFIG);
}
