/** Flags of a service: `--help` and `--version`. */
import { VERSION } from "../contracts/mod.ts";
import { ConfigError } from "./env/config_error.ts";
import { didYouMean } from "./nearest.ts";

const FLAGS = ["--help", "-h", "--version"];

interface Program {
  readonly name: string;
  /** What it does and how it is started, as lines. */
  readonly help: string;
}

/**
 * Text for the service's arguments; null to start it.
 *
 * @throws {ConfigError} An unknown argument.
 */
export function answerFlags(args: readonly string[], { name, help }: Program): string | null {
  const unknown = args.find((arg) => !FLAGS.includes(arg));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, FLAGS);
    throw new ConfigError(`${name} takes --help or --version, got ${unknown}${hint}`);
  }
  if (args.includes("--help") || args.includes("-h")) return help;
  return args.length === 0 ? null : `${name} ${VERSION} (Deno ${Deno.version.deno})`;
}

/** Prints the text for the arguments and exits; returns if the service must start. */
export function exitWithFlags(args: readonly string[], program: Program): void {
  const text = answerFlags(args, program);
  if (text === null) return;
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(0);
}
