/** The service's clock, because ages are by it and the browser's clock may differ. */

/** Largest difference within the precision of the Date header, which has whole seconds. */
const DATE_PRECISION_MS = 1_500;

/** Estimates the offset of the service's clock. */
export class ServerClock {
  #offset_ms = 0;
  #is_exact = false;

  /**
   * Uses a Date header, until {@link seeAge} gives an exact offset.
   *
   * @param {string | null} date
   * @param {number} at_ms The browser's time.
   */
  seeDate(date, at_ms) {
    if (this.#is_exact || date === null) return;
    const apart_ms = Date.parse(date) - at_ms;
    if (Math.abs(apart_ms) > DATE_PRECISION_MS) this.#offset_ms = apart_ms;
  }

  /**
   * Uses the age that the service reports for data of a known time.
   *
   * @param {number} taken_ms
   * @param {number} age_ms
   * @param {number} at_ms The browser's time.
   */
  seeAge(taken_ms, age_ms, at_ms) {
    this.#offset_ms = taken_ms + age_ms - at_ms;
    this.#is_exact = true;
  }

  /** The service's time. @param {number} at_ms The browser's time. */
  nowMs(at_ms) {
    return at_ms + this.#offset_ms;
  }

  /**
   * Age of data taken at this time; never negative.
   *
   * @param {number} taken_ms
   * @param {number} at_ms The browser's time.
   */
  ageOf(taken_ms, at_ms) {
    return Math.max(0, this.nowMs(at_ms) - taken_ms);
  }
}
