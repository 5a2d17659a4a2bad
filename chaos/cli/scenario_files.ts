/** Finds scenarios by name, or in a file such as those that `explore` writes. */
import { didYouMean } from "../../platform/mod.ts";
import type { Scenario } from "../vocabulary/mod.ts";
import { UsageError } from "./arguments.ts";

/**
 * The scenarios with these names. A name that ends in `.ts` is a module: all scenarios it exports,
 * by themselves or in lists.
 *
 * @throws {UsageError} with the unknown names, or the reason why a file has none.
 */
export async function findScenarios(
  names: readonly string[],
  all: readonly Scenario[],
): Promise<Scenario[]> {
  const found = await Promise.all(
    names.map(async (name) =>
      name.endsWith(".ts") ? await readScenarios(name) : all.filter((one) => one.name === name)
    ),
  );
  const unknown = names.filter((_, i) => found[i].length === 0);
  if (unknown.length > 0) {
    const hint = didYouMean(unknown[0], all.map(({ name }) => name));
    throw new UsageError(
      `${unknown.join(", ")}: no such scenario; see deno task chaos list${hint}`,
    );
  }
  return found.flat();
}

async function readScenarios(path: string): Promise<Scenario[]> {
  const url = new URL(path, `file://${Deno.cwd()}/`);
  const file = await import(url.href).catch((error: Error) => {
    throw new UsageError(`${path}: cannot be read as a scenario: ${error.message}`);
  });
  const isScenario = (value: unknown): value is Scenario =>
    typeof (value as Scenario | null)?.plan === "function";
  return Object.values<unknown>(file).flat().filter(isScenario);
}
