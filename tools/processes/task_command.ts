/**
 * The command of a `deno.json` task, taken apart: a program starts with the rights its task grants.
 */

/** A task as `deno.json` holds it. */
export type Task = string | { readonly command: string };

/**
 * The words of a task after `deno`, and the variables of its `--allow-env`.
 *
 * ```ts
 * import deno_json from "../deno.json" with { type: "json" };
 * const { args } = taskCommand(deno_json.tasks.serve); // ["run", "--allow-net", "main.ts"]
 * startProcess([Deno.execPath(), ...args]);
 * ```
 *
 * @throws {Error} if the command needs a shell or does not start with `deno`.
 */
export function taskCommand(task: Task): { args: string[]; variables: string[] } {
  const command = typeof task === "string" ? task : task.command;
  const [program, ...args] = command.trim().split(/\s+/);
  if (program !== "deno" || /["'$`\\|&;<>*?]/.test(command)) {
    throw new Error(`task command must be "deno" and plain words, got: ${command}`);
  }
  return { args, variables: flagList(args, "--allow-env") ?? [] };
}

/** Values of a flag such as `--allow-read=a,b`; null if it stands alone, undefined if missing. */
export function flagList(args: readonly string[], flag: string): string[] | null | undefined {
  const found = args.filter((word) => word === flag || word.startsWith(`${flag}=`));
  if (found.length > 1) throw new Error(`${flag} occurs ${found.length} times`);
  if (found.length === 0) return undefined;
  return found[0] === flag ? null : found[0].slice(flag.length + 1).split(",").filter(Boolean);
}

/**
 * Variables that a section of an `.env.example` documents: its lines `#NAME=value`, up to the next
 * `# ---- title ----`.
 *
 * ```ts
 * documentedVariables("# ---- server ----\n#PORT=80\n", "server"); // ["PORT"]
 * ```
 *
 * @throws {Error} if there is no such section, or it documents no variable.
 */
export function documentedVariables(env_example: string, section: string): string[] {
  const [, after = ""] = env_example.split(`# ---- ${section} ----`);
  const [own] = after.split(/^# ---- /m);
  const names = [...own.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
  if (names.length === 0) throw new Error(`.env.example documents no variable of ${section}`);
  return names;
}

/** These variables set to nothing, so that a program starts with its defaults. */
export function unset(variables: readonly string[]): Record<string, string> {
  return Object.fromEntries(variables.map((variable) => [variable, ""]));
}
