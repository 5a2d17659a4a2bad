/** The service's clock: the age of the data is by it, and the browser's may be another. */

/** Differences up to this are what the Date header cannot tell: it has whole seconds. */
const DATE_TREMBLE_MS = 1_500;

/** How far the service's clock is ahead. */
export class ServerClock {
  #offset_ms = 0;
  #is_exact = false;

  /**
   * From an answer's Date header, until something better is known.
   *
   * @param {string | null} date
   * @param {number} at_ms The browser's time.
   */
  seeDate(date, at_ms) {
    if (this.#is_exact || date === null) return;
    const apart_ms = Date.parse(date) - at_ms;
    if (Math.abs(apart_ms) > DATE_TREMBLE_MS) this.#offset_ms = apart_ms;
  }

  /**
   * From the age that the service tells of data whose time is known.
   *
   * @param {number} taken_ms
   * @param {number} age_ms
   * @param {number} at_ms The browser's time.
   */
  seeAge(taken_ms, age_ms, at_ms) {
    this.#offset_ms = taken_ms + age_ms - at_ms;
    this.#is_exact = true;
  }

  /**
   * Age of data taken then; never negative.
   *
   * @param {number} taken_ms
   * @param {number} at_ms The browser's time.
   */
  ageOf(taken_ms, at_ms) {
    return Math.max(0, at_ms + this.#offset_ms - taken_ms);
  }
}
