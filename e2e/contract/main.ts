/**
 * `deno task test:contract`: schemathesis asks the running service what its OpenAPI document allows
 * and what it forbids, and checks every answer. Exit code 0: nothing found, 1: something, 2: no
 * verdict, as schemathesis cannot be had here or the machine is too slow.
 */
import { SCENES } from "./scenes.ts";
import { askEverything, install, NotInstalled, RUN_MS_MAX } from "./schemathesis.ts";

const NO_VERDICT = 2;

async function main(): Promise<number> {
  try {
    await install();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    say(`SKIPPED: ${error.message}`);
    return NO_VERDICT;
  }
  let worst = 0;
  for (const { name, start } of SCENES) {
    await using stack = new AsyncDisposableStack();
    const server = await start(stack);
    const { code, is_late, output, took_ms } = await askEverything(server.url);
    const took = `${(took_ms / 1000).toFixed(1)} s`;
    if (is_late) {
      say(`NO VERDICT: ${name}: not done after ${RUN_MS_MAX / 1000} s`);
      worst = worst || NO_VERDICT;
    } else if (code === 0) {
      say(`ok: ${name}: ${asked(output)} (${took})`);
    } else {
      say(`${output}\nFAILED: ${name}: schemathesis found what is above (${took})`);
      worst = 1;
    }
  }
  return worst;
}

/** What schemathesis says it asked, for example "312 generated, 312 passed". */
function asked(output: string): string {
  return /^Test cases:\s+(.*)$/mi.exec(output)?.[1] ?? output.trim().split("\n").at(-1)!;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

Deno.exit(await main());
