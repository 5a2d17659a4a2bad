/** Command lines of the programs that measure. Pure. */
import { parseArgs } from "node:util";
import { didYouMean } from "../../platform/mod.ts";

/** EX_USAGE of sysexits(3). */
export const EXIT_USAGE = 64;
export const SECONDS_MAX = 600;
export const ROUNDS_MAX = 100;

/** A wrong command line; the message names the wrong part. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads options: `string` ones take a value, `boolean` ones do not. @throws {UsageError} */
export function readOptions<Name extends string>(
  args: readonly string[],
  types: Readonly<Record<Name, "string" | "boolean">>,
): { [name in Name]?: string } {
  const options = Object.fromEntries(
    Object.entries<"string" | "boolean">(types).map(([name, type]) => [name, { type }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values: { [name in Name]?: string } = {};
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(types, token.name)) {
      const names = Object.keys(types).map((name) => `--${name}`);
      const hint = didYouMean(args[token.index], names);
      throw new UsageError(`${args[token.index]}: unknown option${hint}`);
    }
    const name = token.name as Name;
    if (types[name] === "string" && token.value === undefined) {
      throw new UsageError(`${token.rawName}: needs a value`);
    }
    values[name] = token.value ?? "";
  }
  return values;
}

/** A whole number from 1 to `max`; `otherwise` without the option. @throws {UsageError} */
export function wholeOption(
  name: string,
  text: string | undefined,
  max: number,
  otherwise: number,
): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} ${text}: must be a whole number 1–${max}`);
}
