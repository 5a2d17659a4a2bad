/**
 * What a run may reach, as permissions of its process. Scripts can reach `Deno`, so nothing else
 * binds them.
 */
import { type Invocation, RUNNER_VARIABLES } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";
import { followLinks, isWithin, type Link, linksBelow } from "./script_paths.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");

/** The runner's code, which it loads while it runs: any script may read it. */
const RUNNER_FOLDERS = ["contracts", "platform", "tools"].map((name) => `${ROOT}/${name}`);

/** The folder for results, in the working directory. */
const OUT_FOLDER = "out";

/** Paths are absolute, or relative to the working directory of the process. */
export interface Access {
  /** Files and folders to read. */
  readonly read?: readonly string[];
  /** Links that are not followed. */
  readonly not_read?: readonly string[];
  /** Files and folders to read and write. */
  readonly write?: readonly string[];
  /** Names of environment variables, besides {@link RUNNER_VARIABLES}; null: all. */
  readonly variables?: readonly string[] | null;
}

/**
 * Arguments of `deno` that start the runner with this access; `run` and k6's flags follow. A path
 * is granted as it is given, and with its links followed.
 * @throws {ConfigProblem} A path has a comma.
 */
export function runnerArgs(access: Access): string[] {
  const { read = [], not_read = [], write = [], variables = [] } = access;
  const granted = (paths: readonly string[]) => paths.flatMap((one) => [one, followLinks(one)]);
  const names = variables && [...RUNNER_VARIABLES, ...variables];
  return [
    "run",
    // The parser's packages, with their integrity.
    `--lock=${ROOT}/tools/k6/deno.lock`,
    "--frozen",
    "--no-prompt",
    "--allow-net",
    flag("--allow-read", granted([...RUNNER_FOLDERS, ...read, ...write])),
    ...not_read.length === 0 ? [] : [flag("--deny-read", not_read)],
    ...write.length === 0 ? [] : [flag("--allow-write", granted(write))],
    names === null ? "--allow-env" : flag("--allow-env", names),
    // Compiles sooner, collects garbage less often: the runner shares the machine with the server.
    "--v8-flags=--always-sparkplug,--min-semi-space-size=16",
    `${ROOT}/tools/k6/main.ts`,
  ];
}

function flag(name: string, values: readonly string[]): string {
  const problems = values.filter((value) => value.includes(",")).map((value) =>
    `${value}: must have no comma, because Deno's ${name} is a list: rename or move it`
  );
  if (problems.length > 0) throw new ConfigProblem(problems);
  return `${name}=${[...new Set(values)].join(",")}`;
}

/**
 * The access of a command line: the script's folder and `out/`, the files that flags name, and what
 * `--allow-read`, `--allow-write` and `--allow-env` add.
 *
 * The script's folder is only read if it contains the runner, whose code bounds the next script, or
 * a link that could lead out. Deno follows links and forbids paths, so a script that may write
 * could move a forbidden link, or its folder, and follow it from there.
 * @throws {ConfigProblem} `out/` has links that could lead out.
 */
export function accessOf(invocation: Invocation): Access {
  const { config_file, summary_export, json_outputs, allow_read, allow_write } = invocation;
  const folder = folderOf(invocation);
  const named = [...json_outputs, summary_export, ...allow_write].filter((path) => path !== null);
  const read = [folder, config_file, ...allow_read].filter((path) => path !== null);
  const real = [...read, OUT_FOLDER, ...named].map(followLinks);
  demandNoLinksOut();
  const links = folder === null ? [] : linksBelow(folder);
  const is_written = folder !== null && !links.some((link) => couldLeadOut(link, folder)) &&
    !isWithin(ROOT, [followLinks(folder)]);
  return {
    read,
    not_read: links.filter(({ target }) => !isWithin(target, real)).flatMap(({ paths }) => paths),
    write: [OUT_FOLDER, ...named, ...is_written ? [folder] : []],
    variables: invocation.system_variables,
  };
}

/** The script's folder; null for a script on stdin. */
function folderOf({ file }: Invocation): string | null {
  if (file === "-") return null;
  const url = new URL(file, new URL(`file://${Deno.cwd()}/`));
  return decodeURIComponent(new URL(".", url).pathname);
}

function demandNoLinksOut(): void {
  const links = linksBelow(OUT_FOLDER).filter((link) => couldLeadOut(link, OUT_FOLDER));
  if (links.length === 0) return;
  throw new ConfigProblem(
    links.slice(0, 3).map(({ paths: [path], text }) =>
      `${path}: must not lead out of ${OUT_FOLDER}/, but is a link to ${text}: remove it`
    ),
  );
}

/** Whether the link leads out of the folder, or would from another place in it. */
function couldLeadOut({ text, target }: Link, folder: string): boolean {
  if (text.split("/").includes("..")) return true;
  return text.startsWith("/") && !isWithin(target, [followLinks(folder)]);
}
