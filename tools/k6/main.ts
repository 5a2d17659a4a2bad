/** Runs a k6 script without k6, with the permissions that `launch.ts` or its caller gives it. */
import { type Invocation, parseInvocation, replyTo, RUNNER_VARIABLES } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";
import { defineGlobals } from "./k6/globals.ts";
import { denoSystem, type System } from "./run/system.ts";
import { runTest } from "./run/test_run.ts";

async function main(args: readonly string[], system: System): Promise<number> {
  const reply = replyTo(args, Deno.version.deno, `${Deno.build.os}/${Deno.build.arch}`);
  if (reply !== null) {
    system[reply.stream](`${reply.text}\n`);
    return reply.exit_code;
  }
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
