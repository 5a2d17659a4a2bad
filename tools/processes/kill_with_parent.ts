/** Kills a child process if its parent ends first, even by SIGKILL. */

/** Its stdin ends without a line if the parent is gone. */
const SCRIPT = 'read -r line || kill -KILL "$1"';

/**
 * Starts a shell that kills the process if this process ends first. The shell runs in its own
 * session, so a signal to this process group does not reach it. If the parent is killed before
 * this call, about a millisecond after the start of the child, the child lives on.
 */
export function killWithParent(pid: number) {
  const shell = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", `${pid}`],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  return {
    /** Ends the watch. Call it once the child has ended: another process may get its pid. */
    async release(): Promise<void> {
      const writer = shell.stdin.getWriter();
      // Both fail if the shell itself was killed.
      await writer.write(new TextEncoder().encode("\n")).catch(() => {});
      await writer.close().catch(() => {});
      await shell.status;
    },
  };
}
