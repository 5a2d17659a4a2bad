/** Steps of a test: all at once where they wait more than they work, else one after the other. */

/** Steps by name. */
export type Steps = Record<string, () => void | Promise<void>>;

/** Runs every step at the same time; the test that holds them checks for leaks. */
export async function together(t: Deno.TestContext, steps: Steps): Promise<void> {
  await Promise.all(Object.entries(steps).map(([name, fn]) => run(t, name, fn)));
}

/** Runs one step after the other. */
export async function inTurn(t: Deno.TestContext, steps: Steps): Promise<void> {
  for (const [name, fn] of Object.entries(steps)) await run(t, name, fn);
}

/** What a step shares with others, a service for example, goes on beyond it. */
function run(t: Deno.TestContext, name: string, fn: Steps[string]): Promise<boolean> {
  return t.step({ name, fn, sanitizeOps: false, sanitizeResources: false, sanitizeExit: false });
}
