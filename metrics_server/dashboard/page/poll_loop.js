/** A polling loop that backs off after failures and slows down while the page is hidden. */

/** Longest pause after failures. */
const BACKOFF_MS_MAX = 8_000;

/** Factor on pauses while the page is hidden. */
const HIDDEN_FACTOR = 10;

/** Shortest pause as a multiple of the duration of the last turn. */
const WORK_FACTOR = 4;

/**
 * The pause before the next turn.
 *
 * @param {object} state
 * @param {number} state.interval_ms
 * @param {number} state.failures In a row.
 * @param {number} state.took_ms Duration of the last turn.
 * @param {boolean} state.hidden
 * @param {number} state.random 0–1, to spread the requests of many pages.
 */
export function pauseMs({ interval_ms, failures, took_ms, hidden, random }) {
  const backed_off_ms = Math.min(BACKOFF_MS_MAX, interval_ms * 2 ** Math.min(failures, 10));
  const base_ms = failures > 0 ? Math.max(interval_ms, backed_off_ms) : interval_ms;
  const pause_ms = Math.max(base_ms, took_ms * WORK_FACTOR) * (hidden ? HIDDEN_FACTOR : 1);
  return pause_ms * (0.9 + 0.2 * random);
}

export class PollLoop {
  #failures = 0;
  #hidden = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #is_running = false;

  /**
   * @param {number} interval_ms
   * @param {() => Promise<boolean>} turn Resolves to whether it succeeded; never rejects.
   */
  constructor(interval_ms, turn) {
    this.interval_ms = interval_ms;
    this.turn = turn;
  }

  /** Starts a turn now, unless one is in progress. */
  async now() {
    if (this.#is_running) return;
    clearTimeout(this.#timer);
    this.#is_running = true;
    const from_ms = performance.now();
    const has_succeeded = await this.turn();
    const took_ms = performance.now() - from_ms;
    this.#is_running = false;
    this.#failures = has_succeeded ? 0 : this.#failures + 1;
    const { interval_ms } = this;
    const state = { interval_ms, failures: this.#failures, took_ms, hidden: this.#hidden };
    this.#timer = setTimeout(() => this.now(), pauseMs({ ...state, random: Math.random() }));
  }

  /** @param {boolean} hidden */
  setHidden(hidden) {
    const is_back = this.#hidden && !hidden;
    this.#hidden = hidden;
    if (is_back) this.now();
  }
}
