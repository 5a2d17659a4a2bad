/** Lays out the folder an image would have: only what its Dockerfile copies. */
import type { Copy, Dockerfile } from "./dockerfile.ts";

/** A file of the project: its path relative to the project's folder. */
type Path = string;

/** One file to copy: from the project's folder, to a path relative to the working directory. */
export interface CopiedFile {
  from: Path;
  to: Path;
}

/**
 * Files a COPY brings, of those in the build context. Throws where a source brings none: Docker
 * stops the build there too. Pure.
 */
export function copiedFiles(copy: Copy, context: readonly Path[]): CopiedFile[] {
  return copy.sources.flatMap((source) => {
    if (context.includes(source)) {
      const name = source.slice(source.lastIndexOf("/") + 1);
      return [{ from: source, to: /(^|\/)\.?$/.test(copy.to) ? `${copy.to}/${name}` : copy.to }];
    }
    const inside = context.filter((path) => path.startsWith(`${source}/`));
    if (inside.length === 0) {
      throw new Error(`COPY ${source}: not in the build context (missing, or in .dockerignore)`);
    }
    return inside.map((from) => ({ from, to: copy.to + from.slice(source.length) }));
  });
}

/** All files under the folder that are in the build context, as sorted relative paths. */
export function contextFiles(root: URL, is_included: (path: Path) => boolean): Path[] {
  const found: Path[] = [];
  const walk = (folder: Path) => {
    for (const entry of Deno.readDirSync(new URL(folder, root))) {
      const path = folder + entry.name;
      if (entry.isFile && is_included(path)) found.push(path);
      if (entry.isDirectory && !NEVER_READ.has(entry.name)) walk(`${path}/`);
    }
  };
  walk("");
  return found.sort();
}

/** Large folders that `.dockerignore` leaves out anyway. */
const NEVER_READ: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** Copies the Dockerfile's files from the project into `image_root` and its working directory. */
export function layOut(
  dockerfile: Dockerfile,
  project: URL,
  context: readonly Path[],
  image_root: string,
): void {
  const workdir = image_root + dockerfile.workdir;
  Deno.mkdirSync(workdir, { recursive: true });
  Deno.mkdirSync(`${image_root}/tmp`, { recursive: true });
  for (const { from, to } of dockerfile.copies.flatMap((copy) => copiedFiles(copy, context))) {
    const target = `${workdir}/${to}`;
    Deno.mkdirSync(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    Deno.copyFileSync(new URL(from, project), target);
  }
}
