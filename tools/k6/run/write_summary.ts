/** Writes the summary: the result of `handleSummary`, or the text summary without one. */
import type { Invocation } from "../command_line.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { bytesOf } from "../http/form.ts";
import { describeError, Interrupted } from "../script/errors.ts";
import { type SummaryData, summaryExport } from "../summary/summary.ts";
import { textSummary } from "../summary/text_summary.ts";
import type { LoadedTest } from "./loading.ts";
import type { System } from "./system.ts";
import { type PooledVu, withTimeout } from "./pooled_vu.ts";

/** @returns An exit code other than the run's own, or null. */
export async function writeSummary(
  data: SummaryData,
  vu: PooledVu,
  { exports, options, world, instantiator }: LoadedTest,
  { summary_mode, summary_export, color }: Invocation,
  system: System,
): Promise<number | null> {
  if (summary_mode === "disabled") return null;
  let problem: number | null = null, outputs: Record<string, unknown> | null = null;
  if (typeof exports.handleSummary === "function") {
    try {
      const called = vu.call("handleSummary", "summary", structuredClone(data));
      outputs = demandOutputs(
        await withTimeout(called, options.handle_summary_timeout_ms, () => vu.interrupt()),
      );
    } catch (error) {
      const timed_out = error instanceof Interrupted;
      problem = timed_out ? EXIT_CODES.generic_timeout : null;
      const reason = describeError(error, (text) => instantiator.localize(text));
      world.log("error", `handleSummary failed, this is the default summary: ${reason}`);
    }
  }
  if (outputs === null) {
    const enableColors = color && system.is_stdout_tty;
    system.stdout("\n" + textSummary(data, { mode: summary_mode, enableColors }));
  } else await writeOutputs(outputs, world, system);
  if (summary_export !== null) {
    const text = JSON.stringify(summaryExport(data), null, 2) + "\n";
    await writeOutputs({ [summary_export]: text }, world, system);
  }
  return problem;
}

function demandOutputs(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new TypeError(`handleSummary: must return an object of path → content, got ${value}`);
  }
  return value as Record<string, unknown>;
}

async function writeOutputs(
  outputs: Record<string, unknown>,
  world: LoadedTest["world"],
  system: System,
): Promise<void> {
  for (const [path, content] of Object.entries(outputs)) {
    const bytes = bytesOf(content);
    if (typeof content !== "string" && bytes === null) {
      world.log("error", `handleSummary: ${path} must be a string or an ArrayBuffer`);
    } else if (path === "stdout" || path === "stderr") {
      system[path](typeof content === "string" ? content : new TextDecoder().decode(bytes!));
    } else {
      try {
        await system.writeFile(path, typeof content === "string" ? content : bytes!);
      } catch (error) {
        world.log("error", `Cannot write the summary to ${path}: ${(error as Error).message}`);
      }
    }
  }
}
