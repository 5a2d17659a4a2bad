/** The files of `--out json=FILE` while a run writes them. */
import { ConfigProblem } from "../config_problem.ts";
import type { Metric, Tags } from "../metrics/mod.ts";
import { jsonOutput, type SampleOutput } from "../output/mod.ts";
import type { OpenFile, Outside } from "./outside.ts";

/** Samples come from timers too, where nobody would catch what a write throws. */
export class SampleFiles {
  readonly #files: OpenFile[] = [];
  #outputs: SampleOutput[] = [];
  #has_failed = false;

  /**
   * @param onFailed Told once a file, in a sentence; nothing more is written to that file.
   * @throws {ConfigProblem} where one cannot be opened.
   */
  constructor(
    paths: readonly string[],
    thresholds: Readonly<Record<string, readonly string[]>>,
    openForWriting: Outside["openForWriting"],
    onFailed: (message: string) => void,
  ) {
    for (const path of paths) {
      const file = this.#open(path, openForWriting);
      this.#files.push(file);
      const output = jsonOutput((text) => {
        if (!this.#outputs.includes(output)) return;
        try {
          file.write(text);
        } catch (error) {
          this.#outputs = this.#outputs.filter((one) => one !== output);
          this.#has_failed = true;
          onFailed(
            `--out json=${path}: cannot be written, it lacks samples from here on: ` +
              `${(error as Error).message}; the run goes on: make room, or name another file`,
          );
        }
      }, thresholds);
      this.#outputs.push(output);
    }
  }

  #open(path: string, openForWriting: Outside["openForWriting"]): OpenFile {
    try {
      return openForWriting(path);
    } catch (error) {
      this.close();
      throw new ConfigProblem([
        `--out json=${path}: must be a file that can be written: ${(error as Error).message}; ` +
        "make its folder, or name another file",
      ]);
    }
  }

  get is_empty(): boolean {
    return this.#files.length === 0;
  }

  /** Whether a file lacks samples. */
  get has_failed(): boolean {
    return this.#has_failed;
  }

  readonly add = (metric: Metric, value: number, tags: Tags, time_ms: number): void => {
    for (const output of this.#outputs) output.add(metric, value, tags, time_ms);
  };

  flush(): void {
    for (const output of this.#outputs) output.flush();
  }

  close(): void {
    this.flush();
    for (const file of this.#files.splice(0)) file.close();
    this.#outputs = [];
  }
}
