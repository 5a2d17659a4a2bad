/**
 * `deno task k6`: starts the runner with the permissions of its command line.
 *
 * ```
 * command line ─▶ accessOf ─▶ permissions ─▶ main.ts, a process with the same terminal
 *                                    signals ─┘    └─▶ exit code
 * ```
 */
import { startProcess } from "../processes/mod.ts";
import { accessOf, runnerArgs } from "./access.ts";
import { parseInvocation, replyTo } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";

async function launch(args: readonly string[]): Promise<number> {
  const reply = replyTo(args, Deno.version.deno, `${Deno.build.os}/${Deno.build.arch}`);
  if (reply !== null) return end(reply.text, reply.exit_code, reply.stream);
  let runner_args: string[];
  try {
    runner_args = runnerArgs(accessOf(parseInvocation(args, Deno.env.toObject())));
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    return end(error.message, error.exit_code);
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

function end(text: string, exit_code: number, stream: "stdout" | "stderr" = "stderr"): number {
  Deno[stream].writeSync(new TextEncoder().encode(`${text}\n`));
  return exit_code;
}

Deno.exit(await launch(Deno.args));
