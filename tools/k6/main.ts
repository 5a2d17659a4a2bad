/** Runs a k6 script without k6, with the permissions that `launch.ts` or its caller gives it. */
import {
  commandOf,
  type Invocation,
  parseInvocation,
  RUNNER_VARIABLES,
  USAGE,
  versionText,
} from "./command_line.ts";
import { ConfigProblem, EXIT_CODES } from "./exit_codes.ts";
import { defineGlobals } from "./k6/globals.ts";
import { denoSystem, type System } from "./run/system.ts";
import { runTest } from "./run/test_run.ts";

async function main(args: readonly string[], system: System): Promise<number> {
  const command = commandOf(args);
  switch (command.name) {
    case "help":
      system.stdout(`${USAGE}\n`);
      return EXIT_CODES.ok;
    case "version":
      system.stdout(`${versionText(Deno.version.deno, `${Deno.build.os}/${Deno.build.arch}`)}\n`);
      return EXIT_CODES.ok;
    case "unsupported":
      system.stderr(`${command.detail}\n`);
      return EXIT_CODES.other_error;
    case "run":
      return await run(args, system);
  }
}

async function run(args: readonly string[], system: System): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = parseInvocation(args, system.env(RUNNER_VARIABLES));
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    system.stderr(`${error.message}\n`);
    return error.exit_code;
  }
  defineGlobals();
  return await runTest(invocation, system);
}

Deno.exit(await main(Deno.args, denoSystem()));
