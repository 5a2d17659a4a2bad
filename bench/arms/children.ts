/** Every process this one has started and not yet seen the end of, so that none outlives it. */

const running = new Set<Deno.ChildProcess>();

/** Starts a process and keeps it in mind until it ends. */
export function spawnChild(command: Deno.Command): Deno.ChildProcess {
  const child = command.spawn();
  running.add(child);
  child.status.finally(() => running.delete(child));
  return child;
}

/** Ends what still runs, at once: for the moment in which this process is told to stop. */
export function killChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}
