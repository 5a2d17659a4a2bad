/** The performance gate: pass, fail or inconclusive. `deno task gate --help` lists the options. */
import { removeBaselines } from "./gate/baseline.ts";
import { parseGateOptions, USAGE } from "./gate/options.ts";
import { findProfileEngine } from "./gate/profile.ts";
import {
  GATE_EXIT,
  gateJson,
  gateJunit,
  gateMarkdown,
  type GateResult,
  gateScreen,
} from "./gate/reports.ts";
import { runGate } from "./gate/run_gate.ts";
import { print, printProgress, runProgram, startOwnEngine } from "./rig/mod.ts";

async function main(args: readonly string[]): Promise<number> {
  const options = parseGateOptions(args);
  await using own = startOwnEngine();
  const profile = await findProfileEngine();
  const result = await runGate(options, { own, profile, onProgress: printProgress });
  print(Deno.stdout, gateScreen(result).trimEnd());
  await write(options.out_dir, result);
  return GATE_EXIT[result.verdict];
}

async function write(dir: string, result: GateResult): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const markdown = gateMarkdown(result);
  await Deno.writeTextFile(`${dir}/gate.json`, gateJson(result));
  await Deno.writeTextFile(`${dir}/gate.junit.xml`, gateJunit(result));
  await Deno.writeTextFile(`${dir}/gate.md`, markdown);
  const job_page = Deno.env.get("GITHUB_STEP_SUMMARY");
  if (job_page) await Deno.writeTextFile(job_page, markdown, { append: true });
  print(Deno.stdout, `${dir}/gate.json, gate.junit.xml, gate.md`);
}

await runProgram(USAGE, main, removeBaselines);
