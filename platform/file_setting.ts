/** Settings in files, such as tokens and certificates, that are read again when they change. */
import { ConfigError } from "./env/config_error.ts";

/** Longest file that is read. */
export const SETTING_CHARS_MAX = 256 * 1024;

/** How often the files are read again. Watching them would miss a secret that Kubernetes swaps. */
const READ_MS = 2000;

export class FileSetting<T> {
  value: T;
  #texts: readonly string[];
  #problem = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  private constructor(
    readonly paths: readonly string[],
    readonly parse: (...texts: string[]) => T,
    readonly read: (path: string) => Promise<string>,
    texts: readonly string[],
  ) {
    this.#texts = texts;
    this.value = parse(...texts);
  }

  /**
   * Reads files.
   *
   * @param files Path by variable.
   * @param parse Throws if a text cannot be used.
   * @throws {ConfigError} A file cannot be read or used.
   */
  static async open<T>(
    files: Readonly<Record<string, string>>,
    parse: (...texts: string[]) => T,
    read: (path: string) => Promise<string> = Deno.readTextFile,
  ): Promise<FileSetting<T>> {
    const paths = Object.values(files);
    try {
      return new FileSetting(paths, parse, read, await Promise.all(paths.map(bounded(read))));
    } catch (error) {
      const [variable] = Object.keys(files);
      throw new ConfigError(`file ${paths[0]} of ${variable}: ${problemOf(error)}`);
    }
  }

  /** Reads the files again now; returns whether the value has changed. Throws if it cannot. */
  async readAgain(): Promise<boolean> {
    const texts = await Promise.all(this.paths.map(bounded(this.read)));
    if (texts.every((text, i) => text === this.#texts[i])) return false;
    this.value = this.parse(...texts);
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

function bounded(read: (path: string) => Promise<string>): (path: string) => Promise<string> {
  return async (path) => {
    const text = await read(path);
    if (text.length <= SETTING_CHARS_MAX) return text;
    throw new Error(`${text.length} characters, at most ${SETTING_CHARS_MAX}`);
  };
}

function problemOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "may not be read: put it into the folder secrets, or add it to --allow-read";
  }
  return error instanceof Error ? error.message : String(error);
}
