/**
 * Judges samples against a bound. Reads JSON from stdin, prints a table and exits with the verdict:
 *
 *     echo '{"name":"p95","unit":"ms","samples":[5.1,5.3,4.9],"relation":"<=","bound":7}' |
 *       deno run tools/verdict/main.ts
 */
import { checkTable, type Claim, doubtLines, exitCode, judge, ratios } from "./mod.ts";

const USAGE = `Usage: deno run tools/verdict/main.ts < claim.json

{ "name": "p95", "unit": "ms", "samples": [5.1, 5.3, 4.9], "relation": "<=", "bound": 7 }

  samples    one number per round; their median is judged
  rivals     optional: samples of a rival in the same rounds; the ratios are judged
  relation   "<=" or ">="
  doubts     optional: reasons not to trust the samples

Exit: 0 holds, 1 broken, 2 inconclusive, 64 wrong usage.`;

/** EX_USAGE of sysexits(3). */
const EXIT_USAGE = 64;
const RELATIONS: Record<string, Claim["relation"]> = { "<=": "≤", ">=": "≥" };

class UsageError extends Error {}

function readClaim(text: string): Claim {
  let input: Record<string, unknown>;
  try {
    input = Object(JSON.parse(text));
  } catch (error) {
    throw new UsageError(`stdin must be JSON: ${(error as Error).message}`);
  }
  const { name = "value", unit = "", bound, rivals, doubts = [] } = input;
  const samples = numbers("samples", input.samples);
  const relation = RELATIONS[String(input.relation)];
  if (relation === undefined) throw new UsageError('relation must be "<=" or ">="');
  if (typeof bound !== "number") throw new UsageError("bound must be a number");
  if (!Array.isArray(doubts)) throw new UsageError("doubts must be a list of texts");
  const claim = { figure: "", name: String(name), relation, bound, doubts: doubts.map(String) };
  if (rivals === undefined) return { ...claim, unit: String(unit), samples };
  const rival_samples = numbers("rivals", rivals);
  if (rival_samples.length !== samples.length) {
    throw new UsageError(`rivals must have ${samples.length} numbers, one per sample`);
  }
  return { ...claim, unit: "×", samples: ratios(samples, rival_samples) };
}

function numbers(name: string, value: unknown): number[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw new UsageError(`${name} must be a list of numbers`);
}

function print(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${text}\n`));
}

if (Deno.args.length > 0) {
  print(Deno.stdout, USAGE);
  Deno.exit(Deno.args[0] === "--help" ? 0 : EXIT_USAGE);
}
try {
  const check = judge(readClaim(await new Response(Deno.stdin.readable).text()));
  print(Deno.stdout, [...checkTable([check]), ...doubtLines([check])].join("\n"));
  Deno.exit(exitCode([check]));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  print(Deno.stderr, `${error.message}\n${USAGE}`);
  Deno.exit(EXIT_USAGE);
}
