/** Measures growth of metrics_server under long load: `deno task soak`, options by `--help`. */
import {
  checkTable,
  conclusion,
  describeMachine,
  doubtLines,
  exitCode,
  machineLine,
} from "../tools/verdict/mod.ts";
import { print, runProgram } from "./rig/mod.ts";
import { parseSoakOptions, USAGE } from "./soak/options.ts";
import { runSoak } from "./soak/run_soak.ts";
import { judgeSoak, sampleTable, slopeLines } from "./soak/soak_claims.ts";

const VERDICTS = ["HOLDS", "BROKEN", "INCONCLUSIVE"] as const;

async function main(args: readonly string[]): Promise<number> {
  const { minutes, out_dir } = parseSoakOptions(args);
  const machine = describeMachine();
  print(Deno.stdout, `${machineLine(machine)}\n${minutes} minutes of bench/k6/soak.js\n`);
  const { samples, load } = await runSoak(minutes);
  const checks = judgeSoak(samples, load);
  const code = exitCode(checks);
  const lines = [...sampleTable(samples), "", ...slopeLines(checks), "", ...checkTable(checks), ""];
  lines.push(...doubtLines(checks), `soak: ${VERDICTS[code]}: ${conclusion(checks)}`);
  print(Deno.stdout, lines.join("\n"));
  await Deno.mkdir(out_dir, { recursive: true });
  const json = { verdict: VERDICTS[code], machine, minutes, checks, load, samples };
  await Deno.writeTextFile(`${out_dir}/soak.json`, JSON.stringify(json) + "\n");
  print(Deno.stdout, `${out_dir}/soak.json`);
  return code;
}

await runProgram(USAGE, main);
