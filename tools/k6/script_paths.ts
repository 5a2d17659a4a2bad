/** Files of a run, with links followed: Deno checks a path only as it is given. */
import { ConfigProblem } from "./exit_codes.ts";

/** Files and folders that {@link linksBelow} looks at. */
const ENTRIES_MAX = 100_000;

/** Reads a file of the script. @throws {Error} Names the flag that permits it. */
export function readScriptFile(url: string): Uint8Array {
  demandAccess("read", decodeURIComponent(new URL(url).pathname));
  return Deno.readFileSync(new URL(url));
}

/** @throws {Error} The path, or its target, is not permitted. Names the flag that permits it. */
export function demandAccess(kind: "read" | "write", path: string): void {
  const isGranted = (one: string) =>
    Deno.permissions.querySync({ name: kind, path: one }).state === "granted";
  const target = isGranted(path) ? followLinks(path) : path;
  if (isGranted(target)) return;
  const leads = target === path ? "" : ` leads to ${target}, which`;
  const what = kind === "read" ? "read by the script" : "written by the script";
  const instead = kind === "read" ? "" : ", or write to out/";
  throw new Error(
    `${path}${leads} may not be ${what}: start it with --allow-${kind}=${target}${instead}`,
  );
}

/** The path without links; a part that is missing or may not be read stays as it is. */
export function followLinks(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return path;
  }
  const end = path.lastIndexOf("/");
  const folder = end < 0 ? "." : path.slice(0, end + 1);
  if (end >= 0 && end === path.length - 1) return followLinks(path.slice(0, -1));
  const text = linkText(path);
  if (text !== null) return followLinks(text.startsWith("/") ? text : `${folder}/${text}`);
  return `${followLinks(folder).replace(/\/$/, "")}/${path.slice(end + 1)}`;
}

/** Null if the path is no link. */
function linkText(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null;
  }
}

/** Whether the path is one of these or lies below one. All are absolute and without links. */
export function isWithin(path: string, folders: readonly string[]): boolean {
  if (path.split("/").includes("..")) return false;
  return folders.some((folder) => `${path}/`.startsWith(folder.replace(/\/?$/, "/")));
}

/** A symbolic link. */
export interface Link {
  /** With the folder as it was given, and without links in the folder's path. */
  readonly paths: readonly [given: string, real: string];
  /** As it is stored. */
  readonly text: string;
  /** Where it leads in the end, without links. */
  readonly target: string;
}

/** The links below a folder; none if it is missing. @throws {ConfigProblem} It is too large. */
export function linksBelow(folder: string): Link[] {
  const given = folder.replace(/\/$/, ""), real = followLinks(folder).replace(/\/$/, "");
  const links: Link[] = [], pending = [given];
  for (let entries = 0; pending.length > 0;) {
    const one = pending.pop()!;
    for (const { name, isSymlink, isDirectory } of entriesOf(`${one}/`)) {
      if (++entries > ENTRIES_MAX) {
        throw new ConfigProblem([
          `${folder}: must have at most ${ENTRIES_MAX} files and folders, which are searched for ` +
          "links: put the script into a folder of its own",
        ]);
      }
      const path = `${one}/${name}`;
      if (isDirectory) pending.push(path);
      if (!isSymlink) continue;
      links.push({
        paths: [path, real + path.slice(given.length)],
        text: linkText(path) ?? "..",
        target: followLinks(path),
      });
    }
  }
  return links;
}

/** Empty for a folder that is missing or may not be read. */
function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}
