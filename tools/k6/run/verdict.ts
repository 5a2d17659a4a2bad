/** Why a run ended as it did: the first cause that is not the script's own good end. */
import { EXIT_CODES } from "../exit_codes.ts";

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
