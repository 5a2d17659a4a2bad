/**
 * Runs Deno several times, one after the other, as tasks of several steps do: each argument is a
 * step, such as `"MEASURE=1 test e2e/"`. Flags behind the steps go to the last one; `--help` prints
 * the steps. Ends with the exit code of the first failed step.
 */
export interface Step {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Steps of a command line; null if it contains `--help`. */
export function stepsOf(args: readonly string[]): Step[] | null {
  if (args.includes("--help") || args.includes("-h")) return null;
  const first_flag = args.findIndex((arg) => arg.startsWith("-"));
  const at = first_flag < 0 ? args.length : first_flag;
  return args.slice(0, at).map((step, index) => {
    const words = step.split(" ");
    const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    const env = Object.fromEntries(words.slice(0, first).map((word) => word.split("=")));
    return { args: [...words.slice(first), ...index === at - 1 ? args.slice(at) : []], env };
  });
}

async function run(steps: readonly Step[]): Promise<number> {
  // Ctrl-C reaches the step directly; this process only outlives it.
  Deno.addSignalListener("SIGINT", () => {});
  for (const { args, env } of steps) {
    const { code } = await new Deno.Command(Deno.execPath(), { args: [...args], env }).spawn()
      .status;
    if (code !== 0) return code;
  }
  return 0;
}

if (import.meta.main) {
  const steps = stepsOf(Deno.args);
  if (steps !== null) Deno.exit(await run(steps));
  const shown = Deno.args.filter((arg) => !arg.startsWith("-"))
    .map((step) => `  ${step.replace(/^([A-Z_]+=\S+ )*/, "$&deno ")}\n`);
  Deno.stdout.writeSync(new TextEncoder().encode(`Runs, one after the other:\n${shown.join("")}`));
}
