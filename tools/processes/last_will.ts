/** What a process has started ends with it, also where it is killed. */

/** Its stdin ends without a line where the process that held its other end is gone. */
const SCRIPT = 'read -r line || kill -KILL "$1"';

/** Keeps an eye on one process. */
export interface LastWill {
  /** The process has ended: its pid may be another's from now on. */
  revoke(): Promise<void>;
}

/**
 * A shell that kills the process where this one ends first. In a session of its own: what is sent to
 * our group does not reach it.
 *
 * ```ts
 * const will = endWithUs(child.pid);
 * await child.status;
 * await will.revoke();
 * ```
 */
export function endWithUs(pid: number): LastWill {
  const shell = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", `${pid}`],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  return {
    async revoke() {
      const writer = shell.stdin.getWriter();
      // One that somebody has killed needs no telling.
      await writer.write(new TextEncoder().encode("\n")).catch(() => {});
      await writer.close().catch(() => {});
      await shell.status;
    },
  };
}
