/** Configuration errors, and the exit they cause. */

/** A bad configuration in one line: variable, value, bound and, unless obvious, the remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One entry for each bad variable; the message is these joined by `; `. */
  readonly problems: readonly string[];

  constructor(...problems: string[]) {
    super(problems.map(oneLine).join("; "));
    this.problems = problems.map(oneLine);
  }
}

const VALUE_CHARS_MAX = 120;

/**
 * `NAME=value: must be …`, the form of every problem. Text before an `@` is hidden, because it can
 * be a password and the line is logged. A very long value is cut.
 */
export function badValue(variable: string, value: string, must: string): ConfigError {
  const shown = hideCredentials(value);
  const cut = shown.length > VALUE_CHARS_MAX ? `${shown.slice(0, VALUE_CHARS_MAX)}…` : shown;
  return new ConfigError(`${variable}=${cut}: ${must}`);
}

function hideCredentials(value: string): string {
  return value.replace(/^(\w+:\/\/)?.*@/s, "$1***@");
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
