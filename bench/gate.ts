/** The performance gate: pass, fail or inconclusive. `deno task gate --help` lists the options. */
import { BaselineError, removeBaselines } from "./gate/baseline.ts";
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
import { EXIT_USAGE, startOwnEngine, UsageError } from "./rig/mod.ts";

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    print(Deno.stdout, USAGE);
    return 0;
  }
  const options = parseGateOptions(args);
  await using own = startOwnEngine();
  const profile = await findProfileEngine();
  const result = await runGate(options, { own, profile, onProgress });
  print(Deno.stdout, gateScreen(result));
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

function onProgress(text: string): void {
  if (Deno.stderr.isTerminal()) print(Deno.stderr, text);
}

function print(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`));
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => {
    removeBaselines();
    Deno.exit(code);
  });
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (error instanceof UsageError || error instanceof BaselineError) {
    print(Deno.stderr, `${error.message} (--help lists the options)`);
    Deno.exit(EXIT_USAGE);
  }
  print(Deno.stderr, `gate: INCONCLUSIVE: the measurement failed: ${Deno.inspect(error)}`);
  Deno.exit(GATE_EXIT.inconclusive);
}
