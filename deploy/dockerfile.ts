/** Reads a Dockerfile of this project: the instructions used here, in the forms used here. Pure. */

/** One COPY: paths in the build context, and where they go, relative to the working directory. */
export interface Copy {
  sources: string[];
  to: string;
}

/** What a Dockerfile says. */
export interface Dockerfile {
  from: string;
  workdir: string;
  copies: Copy[];
  env: Record<string, string>;
  user: string;
  /** Ports. */
  expose: number[];
  /** Words of the health check's command. */
  healthcheck: string[];
  entrypoint: string[];
  command: string[];
}

/**
 * Parses the text. Throws with the line's text where an instruction or its form is not one that
 * the rehearsal carries out: what is not rehearsed must not look as if it were.
 *
 * ```ts
 * parseDockerfile('FROM denoland/deno:2.9.6\nCOPY deno.json ./\nCMD ["run", "main.ts"]').command;
 * ```
 */
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

/** Comments gone, continued lines joined. */
function instructions(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function read(file: Dockerfile, line: string): void {
  const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  switch (name) {
    case "FROM":
      if (file.from !== "") throw new Error(`${line}: one FROM is rehearsed, this is another`);
      file.from = rest;
      return;
    case "WORKDIR":
      file.workdir = rest;
      return;
    case "COPY":
      file.copies.push(copyOf(rest, line));
      return;
    case "ENV":
      Object.assign(file.env, envOf(rest, line));
      return;
    case "USER":
      file.user = rest;
      return;
    case "EXPOSE":
      file.expose.push(...rest.split(/\s+/).map(Number));
      return;
    case "HEALTHCHECK":
      file.healthcheck = wordsOf(/^(?:--\S+\s+)*CMD\s+(.*)$/.exec(rest)?.[1], line);
      return;
    case "ENTRYPOINT":
      file.entrypoint = wordsOf(rest, line);
      return;
    case "CMD":
      file.command = wordsOf(rest, line);
      return;
    default:
      throw new Error(`${line}: this instruction is not rehearsed`);
  }
}

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

/** The words of an exec form: a shell form would run in a shell that the image may not have. */
function wordsOf(rest: string | undefined, line: string): string[] {
  try {
    const words = JSON.parse(rest ?? "");
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Falls through to the same error.
  }
  throw new Error(`${line}: must be a JSON array of words`);
}
