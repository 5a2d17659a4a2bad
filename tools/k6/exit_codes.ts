/** How a run ends, as the number a shell sees; the numbers are k6's. */
export const EXIT_CODES = {
  ok: 0,
  /** At least one threshold does not hold. */
  thresholds_failed: 99,
  setup_timeout: 100,
  teardown_timeout: 101,
  /** Any other time-out, such as that of `handleSummary`. */
  generic_timeout: 102,
  /** Options, flags, thresholds or scenarios that cannot be run. */
  invalid_config: 104,
  /** SIGINT or SIGTERM. */
  external_abort: 105,
  /** The script does not load, or throws where that ends the run. */
  script_exception: 107,
  /** The script called `exec.test.abort()`. */
  script_aborted: 108,
  /** The script called `exec.test.fail()`. */
  marked_failed: 110,
  /** An error without a number of its own: a command that there is not, samples not written. */
  other_error: 255,
} as const;

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

/** Why a run ended as it did: the first cause that is not the script's own good end. */

export class Verdict {
  #exit_code: number | null = null;
  #is_marked_failed = false;

  /** Whether something ended the run before its time. */
  get is_decided(): boolean {
    return this.#exit_code !== null;
  }

  /** The first one counts. */
  decide(exit_code: number): void {
    this.#exit_code ??= exit_code;
  }

  /** `exec.test.fail`. */
  markFailed(): void {
    this.#is_marked_failed = true;
  }

  exitCode(thresholds_hold: boolean): number {
    if (this.#exit_code !== null) return this.#exit_code;
    if (!thresholds_hold) return EXIT_CODES.thresholds_failed;
    return this.#is_marked_failed ? EXIT_CODES.marked_failed : EXIT_CODES.ok;
  }
}
