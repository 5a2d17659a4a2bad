/** Server-sent events out of the text they come in. */

/**
 * @typedef {object} StreamEvent
 * @property {string} event
 * @property {string} data
 */

/** Reads the fields this service sends: `event` and one line of `data`; comments are left out. */
export class EventParser {
  #text = "";
  #searched = 0;

  /**
   * @param {string} text What has come.
   * @returns {StreamEvent[]} Events that are whole by now.
   */
  push(text) {
    this.#text += text;
    const events = [];
    for (;;) {
      const end = this.#text.indexOf("\n\n", this.#searched);
      if (end < 0) break;
      const event = eventOf(this.#text.slice(0, end));
      if (event !== null) events.push(event);
      this.#text = this.#text.slice(end + 2);
      this.#searched = 0;
    }
    // A large event comes in many pieces: what was looked through is not looked through again.
    this.#searched = Math.max(0, this.#text.length - 1);
    return events;
  }
}

/**
 * @param {string} block
 * @returns {StreamEvent | null}
 */
function eventOf(block) {
  let event = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice(7);
    else if (line.startsWith("data: ")) data = line.slice(6);
  }
  return event === "" ? null : { event, data };
}
