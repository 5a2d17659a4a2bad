/** Command line: a free port, or a program that ends with the process that started it. */
import { freePort, type RunningProcess, startProcess, STOP_MS_MAX } from "./mod.ts";

const USAGE = `Usage:
  main.ts free-port                    print a TCP port of 127.0.0.1 that nothing listens on
  main.ts run [--low-priority] PROGRAM [ARGUMENT ...]
                                       run a program that ends with this process, even on SIGKILL

run exits with the program's exit code, or with 127 if the program cannot be started. SIGTERM is
passed on; SIGKILL follows if the program does not end in time.`;

const EXIT_USAGE = 64;
const EXIT_NOT_FOUND = 127;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main([action, ...args]: readonly string[]): Promise<number> {
  if (action === "run" && args.length > 0) return await run(args);
  if (action === "free-port" && args.length === 0) return print(Deno.stdout, `${freePort()}`, 0);
  if (action === "--help") return print(Deno.stdout, USAGE, 0);
  return print(Deno.stderr, USAGE, EXIT_USAGE);
}

async function run(args: readonly string[]): Promise<number> {
  const low_priority = args[0] === "--low-priority";
  const command = low_priority ? args.slice(1) : args;
  if (command.length === 0) return print(Deno.stderr, USAGE, EXIT_USAGE);
  let program: RunningProcess;
  try {
    program = startProcess(command, {
      ...{ stdin: "inherit", stdout: "inherit", stderr: "inherit" },
      ...{ kill_with_parent: true, low_priority },
    });
  } catch (error) {
    return print(Deno.stderr, (error as Error).message, EXIT_NOT_FOUND);
  }
  Deno.addSignalListener("SIGTERM", () => program.stop());
  // A terminal sends Ctrl-C to the program as well.
  Deno.addSignalListener("SIGINT", () => program.endWithin(STOP_MS_MAX));
  return (await program.ended).code;
}

function print(to: typeof Deno.stdout, text: string, exit_code: number): number {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
  return exit_code;
}
