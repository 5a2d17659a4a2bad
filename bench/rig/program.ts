/** The shell of a program that measures: its output, its errors and its exit code. */
import { EXIT_USAGE, UsageError } from "./command_line.ts";

/** Exit code for a failed measurement: it proves nothing about a bound. */
const EXIT_INCONCLUSIVE = 2;

export function print(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${text}\n`));
}

export function printProgress(text: string): void {
  if (Deno.stderr.isTerminal()) print(Deno.stderr, text);
}

/** Runs `main`, or prints `usage` for `--help`, and exits. A signal calls `onSignal` first. */
export async function runProgram(
  usage: string,
  main: (args: readonly string[]) => Promise<number>,
  onSignal: () => void = () => {},
): Promise<never> {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, () => {
      onSignal();
      Deno.exit(code);
    });
  }
  if (Deno.args.includes("--help")) {
    print(Deno.stdout, usage);
    Deno.exit(0);
  }
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (error instanceof UsageError) {
      print(Deno.stderr, `${error.message} (--help lists the options)`);
      Deno.exit(EXIT_USAGE);
    }
    print(Deno.stderr, `INCONCLUSIVE: the measurement failed: ${Deno.inspect(error)}`);
    Deno.exit(EXIT_INCONCLUSIVE);
  }
}
