/** Steps of a test that wait more than they work, all at once. */

/** Runs every step at the same time; the test that holds them checks for leaks. */
export async function together(
  t: Deno.TestContext,
  steps: Record<string, () => Promise<void>>,
): Promise<void> {
  await Promise.all(
    Object.entries(steps).map(([name, fn]) =>
      t.step({ name, fn, sanitizeOps: false, sanitizeResources: false, sanitizeExit: false })
    ),
  );
}
