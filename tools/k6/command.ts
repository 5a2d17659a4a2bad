/** Which of k6's commands is asked for. Pure. */

/** Commands of k6 that there is nothing for here. */
const UNSUPPORTED = [
  "archive",
  "cloud",
  "completion",
  "deps",
  "inspect",
  "login",
  "new",
  "pause",
  "resume",
  "scale",
  "stats",
  "status",
  "x",
];

/** What the first argument asks for; without a command it is `run`. */
export type Command =
  | { readonly name: "help" | "version" | "run" }
  /** With what to say of it. */
  | { readonly name: "unsupported"; readonly detail: string };

/**
 * A script that is called as a command is run by `run`.
 *
 * ```ts
 * commandOf(["version"]).name; // "version"
 * commandOf(["run", "version"]).name; // "run"
 * ```
 */
export function commandOf(args: readonly string[]): Command {
  const [first] = args;
  if (args.length === 0 || first === "help") return { name: "help" };
  if (args.some((arg) => arg === "-h" || arg === "--help")) return { name: "help" };
  if (first === "version" || first === "--version") return { name: "version" };
  if (!UNSUPPORTED.includes(first)) return { name: "run" };
  const detail = `${first}: is a command of k6 that this runner does not have: it has run and ` +
    "version, see --help";
  return { name: "unsupported", detail };
}

/**
 * One line. It does not begin with a version of k6: this is none.
 *
 * @param platform As `Deno.build` names it, such as `linux/x86_64`.
 */
export function versionText(deno: string, platform: string): string {
  return `tools/k6, runs k6 scripts, is not k6 (Deno ${deno}, ${platform})`;
}
