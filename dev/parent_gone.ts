/** Noticing that whoever has started this process is gone without having told it. */

/** How often it is looked: a start that finds its port taken should not have to wait long. */
const LOOK_EVERY_MS = 500;

/**
 * Resolves when the process has another parent than at the start: the one that started it has
 * ended, and the system has handed the orphan on. Watching does not keep the process alive.
 *
 * ```ts
 * await parentGone(() => Deno.ppid); // after a `kill -9` of the task runner
 * ```
 */
export function parentGone(ppid: () => number, every_ms = LOOK_EVERY_MS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const started_by = ppid();
  const timer = setInterval(() => {
    if (ppid() === started_by) return;
    clearInterval(timer);
    resolve();
  }, every_ms);
  Deno.unrefTimer(timer);
  return promise;
}
