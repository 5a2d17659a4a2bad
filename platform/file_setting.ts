/** Settings in files, such as tokens and certificates, that are read again when they change. */
import { ConfigError } from "./env/config_error.ts";

/** Longest file that is read. */
export const SETTING_CHARS_MAX = 256 * 1024;

/** How often the files are read again. Watching them would miss a secret that Kubernetes swaps. */
const READ_MS = 2000;

/** Texts of files, or their paths, by the variable that names the file. */
type ByVariable = Readonly<Record<string, string>>;

export class FileSetting<T> {
  value: T;
  #texts: ByVariable;
  #problem = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  private constructor(
    readonly files: ByVariable,
    readonly parse: (texts: ByVariable) => T,
    readonly read: (path: string) => Promise<string>,
    texts: ByVariable,
  ) {
    this.#texts = texts;
    this.value = parsed(files, parse, texts);
  }

  /**
   * Reads files.
   *
   * @param files Path by variable.
   * @param parse Reads the texts, by the same variables. Throws if they cannot be used.
   * @throws {ConfigError} A file cannot be read or used.
   */
  static async open<T>(
    files: ByVariable,
    parse: (texts: ByVariable) => T,
    read: (path: string) => Promise<string> = Deno.readTextFile,
  ): Promise<FileSetting<T>> {
    return new FileSetting(files, parse, read, await textsOf(files, read));
  }

  /** Reads the files again now; returns whether the value has changed. Throws if it cannot. */
  async readAgain(): Promise<boolean> {
    const texts = await textsOf(this.files, this.read);
    if (Object.keys(texts).every((variable) => texts[variable] === this.#texts[variable])) {
      return false;
    }
    this.value = parsed(this.files, this.parse, texts);
    this.#texts = texts;
    return true;
  }

  /** Reads the files again until it is closed. A problem is reported once, and the value stays. */
  watch(onChange: (value: T) => void, onProblem: (detail: string) => void): void {
    const look = async () => {
      try {
        if (await this.readAgain() && !this.#closed) onChange(this.value);
        this.#problem = "";
      } catch (error) {
        const problem = problemOf(error);
        if (problem !== this.#problem && !this.#closed) onProblem(problem);
        this.#problem = problem;
      }
      if (!this.#closed) this.#timer = setTimeout(look, READ_MS);
    };
    this.#timer = setTimeout(look, READ_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}

/**
 * For files that are useless without each other, such as a certificate and its key.
 *
 * @param files Path by variable; empty: not set.
 * @throws {ConfigError} Only one of the two is set.
 */
export function demandPair<Name extends string>(
  files: Readonly<Record<Name, string>>,
  first: Name,
  second: Name,
): void {
  if ((files[first] === "") === (files[second] === "")) return;
  throw new ConfigError(`${first} and ${second}: set both, or neither`);
}

/** @throws {ConfigError} */
async function textsOf(
  files: ByVariable,
  read: (path: string) => Promise<string>,
): Promise<ByVariable> {
  const entries = Object.entries(files).map(async ([variable, path]) => {
    try {
      const text = await read(path);
      if (text.length <= SETTING_CHARS_MAX) return [variable, text];
      throw new Error(`${text.length} characters, at most ${SETTING_CHARS_MAX}`);
    } catch (error) {
      throw new ConfigError(`file ${path} of ${variable}: ${problemOf(error)}`);
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** @throws {ConfigError} */
function parsed<T>(files: ByVariable, parse: (texts: ByVariable) => T, texts: ByVariable): T {
  try {
    return parse(texts);
  } catch (error) {
    const named = Object.entries(files).map(([variable, path]) => `${path} of ${variable}`);
    throw new ConfigError(`file ${named.join(", ")}: ${problemOf(error)}`);
  }
}

function problemOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "may not be read: put it into the folder secrets, or add it to --allow-read";
  }
  return error instanceof Error ? error.message : String(error);
}
