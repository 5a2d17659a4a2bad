/** Starts a program so that it gets a core only while nothing else wants one. */

/**
 * What to put in front of the command: by `chrt` (Linux) whoever wakes up takes the core back at
 * once; by `nice` it may have to wait for the scheduler's next tick, 4 ms. Nothing where there is
 * neither.
 *
 * @param runs Whether a command can be started and ends well.
 *
 * ```ts
 * lastInLine((command) => command[0] === "nice"); // ["nice", "-n", "19"]
 * ```
 */
export function lastInLine(runs: (command: readonly string[]) => boolean = runsHere): string[] {
  const candidates = [["chrt", "--idle", "0"], ["nice", "-n", "19"]];
  return candidates.find((command) => runs([...command, Deno.execPath(), "--version"])) ?? [];
}

function runsHere([program, ...args]: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
