/** Notices that the wall clock was set back, which would make every snapshot look younger. */

/** Steps that are noticed; smaller ones are within the clocks' resolution. */
const STEP_MS_MIN = 20;

export class ClockWatch {
  #difference_ms: number;

  constructor(readonly clocks: { epoch_ms(): number; monotonic_ms(): number }) {
    this.#difference_ms = clocks.epoch_ms() - clocks.monotonic_ms();
  }

  /** By how many milliseconds the wall clock was set back since the last call; 0 if it was not. */
  setBackBy(): number {
    const difference_ms = this.clocks.epoch_ms() - this.clocks.monotonic_ms();
    const back_ms = this.#difference_ms - difference_ms;
    if (back_ms > 0 && back_ms < STEP_MS_MIN) return 0;
    this.#difference_ms = difference_ms;
    return Math.max(0, back_ms);
  }
}
