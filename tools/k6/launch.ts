/**
 * `deno task k6`: starts the runner with the permissions of its command line.
 *
 * ```
 * command line ─▶ accessOf ─▶ permissions ─▶ main.ts, a process with the same terminal
 *                                    signals ─┘    └─▶ exit code
 * ```
 */
import { startProcess } from "../processes/mod.ts";
import { type Access, accessOf, runnerArgs } from "./access.ts";
import { commandOf, parseInvocation } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";

function accessOfCommand(args: readonly string[]): Access {
  if (commandOf(args).name !== "run") return {};
  return accessOf(parseInvocation(args, Deno.env.toObject()));
}

async function launch(args: readonly string[]): Promise<number> {
  let runner_args: string[];
  try {
    runner_args = runnerArgs(accessOfCommand(args));
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
    return error.exit_code;
  }
  const runner = startProcess([Deno.execPath(), ...runner_args, ...args], {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    kill_with_parent: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => runner.kill(signal));
  }
  return (await runner.ended).code;
}

Deno.exit(await launch(Deno.args));
