/** The end of a start that cannot be. */
import type { ConfigError } from "./config_error.ts";

/** EX_CONFIG of BSD's sysexits.h: something in the configuration is wrong. */
export const EXIT_CODE_CONFIG = 78;

/** Writes the error as one line to stderr and ends the process with {@link EXIT_CODE_CONFIG}. */
export function exitWithUsage(error: ConfigError): never {
  const line = new TextEncoder().encode(`${error.message}\n`);
  for (let at = 0; at < line.length;) at += Deno.stderr.writeSync(line.subarray(at));
  Deno.exit(EXIT_CODE_CONFIG);
}
