/** Figures of this process, as they are now. */
import type { ProcessFigures } from "./process_families.ts";

/** Completes what a service knows of itself with what the runtime knows. */
export function processFigures(
  known: Omit<ProcessFigures, "resident_bytes" | "deno">,
): ProcessFigures {
  return { ...known, resident_bytes: Deno.memoryUsage().rss, deno: Deno.version.deno };
}
