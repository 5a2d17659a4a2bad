/** k6's exit codes, and which one a run ends with. */
export const EXIT_CODES = {
  ok: 0,
  /** At least one threshold failed. */
  thresholds_failed: 99,
  setup_timeout: 100,
  teardown_timeout: 101,
  /** Any other timeout, such as `handleSummaryTimeout`. */
  generic_timeout: 102,
  /** Invalid flags, options, thresholds or scenarios. */
  invalid_config: 104,
  /** SIGINT or SIGTERM. */
  external_abort: 105,
  /** The script does not load, or `setup` or `teardown` throws. */
  script_exception: 107,
  /** The script called `exec.test.abort()`. */
  script_aborted: 108,
  /** The script called `exec.test.fail()`. */
  marked_failed: 110,
  /** Any other error: an unsupported command, an incomplete `--out` file. */
  other_error: 255,
} as const;

/**
 * An invalid configuration. The message has one line for each problem; a line names the option,
 * its bounds and the value given.
 */
export class ConfigProblem extends Error {
  override readonly name = "ConfigProblem";
  readonly exit_code = EXIT_CODES.invalid_config;

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Decides a run's exit code: first cause, then thresholds, then `exec.test.fail`. */
export class ExitDecision {
  #exit_code: number | null = null;
  #is_marked_failed = false;

  /** Whether something has ended the run early. */
  get is_decided(): boolean {
    return this.#exit_code !== null;
  }

  /** Records why the run ends early; only the first cause counts. */
  decide(exit_code: number): void {
    this.#exit_code ??= exit_code;
  }

  /** Records `exec.test.fail()`. */
  markFailed(): void {
    this.#is_marked_failed = true;
  }

  exitCode(thresholds_hold: boolean): number {
    if (this.#exit_code !== null) return this.#exit_code;
    if (!thresholds_hold) return EXIT_CODES.thresholds_failed;
    return this.#is_marked_failed ? EXIT_CODES.marked_failed : EXIT_CODES.ok;
  }
}
