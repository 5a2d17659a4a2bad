/** Messages of the run and of the script's `console`, on stderr. */
import type { LogLevel } from "./vu_world.ts";

/**
 * Lines a second; more are only counted, so a script that always fails stays readable. Lines that
 * the script prints are limited only on a terminal: elsewhere a program may read them.
 */
const LOG_LINES_PER_S_MAX = 50;

const LABELS: Readonly<Record<LogLevel, string>> = {
  debug: "DEBU",
  info: "INFO",
  warning: "WARN",
  error: "ERRO",
};

export class ScriptLog {
  #second = 0;
  #lines = 0;
  #left_out = 0;

  /**
   * @param options `elapsed_ms`: milliseconds since the run began; `is_terminal`: a person reads.
   */
  constructor(
    private readonly options: {
      write(text: string): void;
      elapsed_ms(): number;
      verbose: boolean;
      is_terminal: boolean;
    },
  ) {}

  /** @param is_printed The script prints the line by `console`. */
  log(level: LogLevel, message: string, is_printed = false): void {
    if (level === "debug" && !this.options.verbose) return;
    if (is_printed && !this.options.is_terminal) return this.#write(level, message);
    const second = Math.floor(this.options.elapsed_ms() / 1000);
    if (second !== this.#second) this.#turn(second);
    if (++this.#lines > LOG_LINES_PER_S_MAX) {
      this.#left_out++;
      return;
    }
    this.#write(level, message);
  }

  /** Reports the lines left out last. */
  close(): void {
    this.#turn(this.#second);
  }

  #turn(second: number): void {
    if (this.#left_out > 0) {
      this.#write("warning", `${this.#left_out} more lines within a second are left out`);
    }
    this.#second = second;
    this.#lines = this.#left_out = 0;
  }

  #write(level: LogLevel, message: string): void {
    const second = String(Math.floor(this.options.elapsed_ms() / 1000)).padStart(4, "0");
    this.options.write(`${LABELS[level]}[${second}] ${message}\n`);
  }
}
