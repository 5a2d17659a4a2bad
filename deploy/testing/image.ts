/**
 * A Dockerfile and .dockerignore, parsed as far as this project uses them, and the folder an image
 * would hold.
 */

interface Copy {
  sources: string[];
  to: string;
}

export interface Dockerfile {
  from: string;
  workdir: string;
  copies: Copy[];
  env: Record<string, string>;
  user: string;
  expose: number[];
  healthcheck: string[];
  entrypoint: string[];
  command: string[];
}

/** Parses the instructions used here; throws for all others, which are not rehearsed. */
export function parseDockerfile(text: string): Dockerfile {
  const file: Dockerfile = {
    from: "",
    workdir: "/",
    copies: [],
    env: {},
    user: "root",
    expose: [],
    healthcheck: [],
    entrypoint: [],
    command: [],
  };
  for (const line of instructions(text)) read(file, line);
  return file;
}

/** The lines without comments, continued ones joined. */
function instructions(text: string): string[] {
  const code = text.replaceAll(/^\s*#.*\n/gm, "").replaceAll("\\\n", " ");
  return code.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

function read(file: Dockerfile, line: string): void {
  const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (!Object.hasOwn(READERS, name ?? "")) {
    throw new Error(`${line}: this instruction is not rehearsed`);
  }
  READERS[name](file, rest, line);
}

const READERS: Record<string, (file: Dockerfile, rest: string, line: string) => void> = {
  FROM(file, rest, line) {
    if (file.from !== "") throw new Error(`${line}: only one FROM is rehearsed`);
    file.from = rest;
  },
  WORKDIR: (file, rest) => file.workdir = rest,
  COPY: (file, rest, line) => file.copies.push(copyOf(rest, line)),
  ENV: (file, rest, line) => Object.assign(file.env, envOf(rest, line)),
  USER: (file, rest) => file.user = rest,
  EXPOSE: (file, rest) => file.expose.push(...rest.split(/\s+/).map(Number)),
  HEALTHCHECK(file, rest, line) {
    file.healthcheck = wordsOf(/^(?:--\S+\s+)*CMD\s+(.*)$/.exec(rest)?.[1], line);
  },
  ENTRYPOINT: (file, rest, line) => file.entrypoint = wordsOf(rest, line),
  CMD: (file, rest, line) => file.command = wordsOf(rest, line),
};

function copyOf(rest: string, line: string): Copy {
  const words = rest.split(/\s+/);
  const to = words.pop();
  if (to === undefined || words.length === 0 || /[*?["]|--/.test(rest)) {
    throw new Error(`${line}: only COPY SOURCE… TARGET with plain paths is rehearsed`);
  }
  return { sources: words, to };
}

function envOf(rest: string, line: string): Record<string, string> {
  const pairs = rest.split(/\s+/).map((pair) => /^([A-Z_0-9]+)=([^"'$\\]*)$/.exec(pair));
  if (pairs.includes(null)) throw new Error(`${line}: only ENV NAME=value … is rehearsed`);
  return Object.fromEntries(pairs.map((pair) => [pair![1], pair![2]]));
}

/** The words of an exec form. A shell form needs a shell, which the image may not have. */
function wordsOf(rest: string | undefined, line: string): string[] {
  try {
    const words = JSON.parse(rest ?? "");
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // The same error follows.
  }
  throw new Error(`${line}: must be a JSON array of words`);
}

/**
 * Whether a file, by its path from the project's folder, is in the build context. The last pattern
 * that matches the path or a parent folder decides; `!` includes again, `*` stays within one name,
 * `**` does not.
 */
export function dockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({
      includes: line.startsWith("!"),
      pattern: patternOf(line.replace(/^!/, "").replace(/^\/|\/$/g, "")),
    }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.includes ?? true;
}

function patternOf(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => WILDCARDS[part] ?? RegExp.escape(part))
    .join("");
  return new RegExp(`^${source}(/|$)`);
}

const WILDCARDS: Record<string, string> = {
  "**/": "(.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};

/** Path of a file, from the project's folder. */
type Path = string;

interface CopiedFile {
  from: Path;
  to: Path;
}

/** The files that a COPY brings. Throws for a source without files, as Docker does. */
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

/** Large folders that `.dockerignore` excludes anyway. */
const NEVER_READ: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** Makes a folder with the image's files: what the Dockerfile copies, and nothing else. */
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
