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
