import { EXIT_CODES } from "./exit_codes.ts";

/**
 * What was asked for cannot be run: every problem found, one line each, naming the option, its
 * bound and the value given.
 *
 * ```ts
 * new ConfigProblem(["vus=-1: must be a whole number in 0–100000"]).exit_code; // 104
 * ```
 */
export class ConfigProblem extends Error {
  override readonly name = "ConfigProblem";
  readonly exit_code = EXIT_CODES.invalid_config;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
