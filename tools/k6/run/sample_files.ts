/** The files of `--out json=FILE` during a run; `FILE.gz` gets gzip members (RFC 1952). */
import { gzipSync } from "node:zlib";
import { ConfigProblem } from "../exit_codes.ts";
import type { Metric, Tags } from "../metrics/metric.ts";
import { jsonOutput, type SampleOutput } from "./json_output.ts";
import type { OpenFile, System } from "./system.ts";

export class SampleFiles {
  readonly #files: OpenFile[] = [];
  #outputs: SampleOutput[] = [];
  /** Whether a file lacks samples. */
  has_failed = false;

  /**
   * @param onFailed Called with a message at a file's first failed write; the file gets no more.
   * @throws {ConfigProblem} A file cannot be opened.
   */
  constructor(
    paths: readonly string[],
    thresholds: Readonly<Record<string, readonly string[]>>,
    openForWriting: System["openForWriting"],
    onFailed: (message: string) => void,
  ) {
    for (const path of paths) {
      const file = this.#open(path, openForWriting);
      this.#files.push(file);
      const output = jsonOutput((text) => {
        if (!this.#outputs.includes(output)) return;
        try {
          file.write(path.endsWith(".gz") ? gzipSync(text) : text);
        } catch (error) {
          this.#outputs = this.#outputs.filter((one) => one !== output);
          this.has_failed = true;
          onFailed(
            `--out json=${path}: writing failed, later samples are missing: ` +
              `${
                (error as Error).message
              }; the run continues: free disk space or choose another file`,
          );
        }
      }, thresholds);
      this.#outputs.push(output);
    }
  }

  #open(path: string, openForWriting: System["openForWriting"]): OpenFile {
    try {
      return openForWriting(path);
    } catch (error) {
      this.close();
      throw new ConfigProblem([
        `--out json=${path}: must be a writable file: ${(error as Error).message}; ` +
        "create its folder or choose another file",
      ]);
    }
  }

  get is_empty(): boolean {
    return this.#files.length === 0;
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
