/** Steps of a test, concurrently or in order. */

export type Steps = Record<string, (t: Deno.TestContext) => void | Promise<void>>;

/** Runs all steps concurrently; the test around them checks for leaks. */
export async function together(t: Deno.TestContext, steps: Steps): Promise<void> {
  await Promise.all(Object.entries(steps).map(([name, fn]) => run(t, name, fn)));
}

export async function inTurn(t: Deno.TestContext, steps: Steps): Promise<void> {
  for (const [name, fn] of Object.entries(steps)) await run(t, name, fn);
}

/** Without sanitizers: a service shared by steps outlives each of them. */
function run(t: Deno.TestContext, name: string, fn: Steps[string]): Promise<boolean> {
  return t.step({ name, fn, sanitizeOps: false, sanitizeResources: false, sanitizeExit: false });
}
