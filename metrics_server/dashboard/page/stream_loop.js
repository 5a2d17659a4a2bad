/** The stream of snapshots and changes: opens, parses and watches it. Its caller keeps the data. */

/**
 * @typedef {object} StreamEvent
 * @property {string} event
 * @property {string} data
 */

const BLOCK_END = "\n\n";

/** Parses the fields that this service sends: `event` and one line of `data`. Skips comments. */
export class EventParser {
  /** @type {string[]} Pieces of an incomplete event, joined once: each join copies them all. */
  #pieces = [];

  /**
   * @param {string} text The next text of the stream.
   * @returns {StreamEvent[]} Events completed by it.
   */
  push(text) {
    const last = this.#pieces.at(-1) ?? "";
    // Two pieces may share an end of an event.
    if (last.endsWith("\n")) {
      this.#pieces.pop();
      text = last + text;
    }
    const events = [];
    let from = 0;
    for (;;) {
      const end = text.indexOf(BLOCK_END, from);
      if (end < 0) break;
      const event = eventOf(this.#pieces.join("") + text.slice(from, end));
      if (event !== null) events.push(event);
      this.#pieces = [];
      from = end + BLOCK_END.length;
    }
    if (from < text.length) this.#pieces.push(text.slice(from));
    return events;
  }
}

/** The last member of each event that a `part` continues. */
const MORE = ',"more":true}';

/** Joins a snapshot or a change with the parts that follow it. */
export class PartCollector {
  #event = "";
  /** @type {string[]} */
  #texts = [];

  /**
   * The completed snapshot or change with the data of each part; null until its last part.
   *
   * @param {StreamEvent} event
   * @returns {{ event: string, texts: string[] } | null}
   */
  push({ event, data }) {
    if (event !== "part") {
      this.#event = event;
      this.#texts = [];
    }
    this.#texts.push(data);
    return data.endsWith(MORE) ? null : { event: this.#event, texts: this.#texts };
  }
}

/** @param {string} block @returns {StreamEvent | null} */
function eventOf(block) {
  let event = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice(7);
    else if (line.startsWith("data: ")) data = line.slice(6);
  }
  return event === "" ? null : { event, data };
}

/** Longest wait for the first byte; a proxy may buffer a stream. */
export const FIRST_BYTE_MS_MAX = 5_000;

/** Longest silence of a stream: two heartbeats and a margin. */
export const SILENCE_MS_MAX = 35_000;

/** A stream that breaks earlier is not reopened at once. */
const LIFE_MS_MIN = 2_000;

/** Pause after a refused or short-lived stream; the page polls meanwhile. */
export const REST_MS = 30_000;

/** @typedef {(url: URL, init: RequestInit) => Promise<Response>} Fetch */

/**
 * @typedef {object} StreamEnd
 * @property {boolean} is_early Whether reopening at once is useless.
 */

export class StreamLoop {
  #is_open = false;
  #paused_until_ms = 0;
  /** @type {AbortController | null} */
  #abort = null;

  /**
   * @param {() => URL} urlOf
   * @param {object} world
   * @param {Fetch} world.fetch
   * @param {() => number} world.now_ms Monotonic.
   * @param {(event: StreamEvent) => boolean} world.onEvent False ends an inconsistent stream.
   * @param {(end: StreamEnd) => void} world.onEnd
   */
  constructor(urlOf, world) {
    this.urlOf = urlOf;
    this.world = world;
  }

  get is_open() {
    return this.#is_open;
  }

  /**
   * Opens the stream, unless it is pausing.
   *
   * @param {string | null} last_id Id of the held snapshot.
   * @returns {Promise<boolean>} Whether it is open.
   */
  async open(last_id) {
    if (this.#is_open) return true;
    if (this.world.now_ms() < this.#paused_until_ms) return false;
    const abort = this.#abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), FIRST_BYTE_MS_MAX);
    try {
      const response = await this.world.fetch(this.urlOf(), {
        cache: "no-store",
        credentials: "same-origin",
        headers: last_id === null ? {} : { "last-event-id": last_id },
        signal: abort.signal,
      });
      if (response.status !== 200 || response.body === null) {
        // Refused only until there is data, or for a column that is gone.
        if (!/:no-snapshot|:unknown-/.test(await response.text())) this.#pause();
        return false;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const first = await reader.read();
      clearTimeout(timer);
      if (first.done) throw new Error("the stream has no first byte");
      this.#is_open = true;
      this.#follow(reader, first.value, abort);
      return true;
    } catch {
      if (abort.signal.aborted && abort.signal.reason !== "closed") this.#pause();
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the stream; a hidden page must not occupy one of the browser's few connections. */
  close() {
    this.#abort?.abort("closed");
  }

  /**
   * @param {ReadableStreamDefaultReader<string>} reader
   * @param {string} text
   * @param {AbortController} abort
   */
  async #follow(reader, text, abort) {
    const { now_ms, onEvent, onEnd } = this.world;
    const from_ms = now_ms();
    const parser = new EventParser();
    let ended_for = "";
    try {
      for (;;) {
        for (const event of parser.push(text)) {
          if (event.event === "end") ended_for = JSON.parse(event.data).reason;
          else if (!onEvent(event)) throw new Error("the stream does not follow");
        }
        const timer = setTimeout(() => abort.abort(), SILENCE_MS_MAX);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) break;
        text = value;
      }
    } catch {
      abort.abort();
    }
    this.#is_open = false;
    const was_stopped = ended_for === "stopping" || abort.signal.reason === "closed";
    const is_early = !was_stopped && (ended_for !== "" || now_ms() - from_ms < LIFE_MS_MIN);
    if (is_early) this.#pause();
    onEnd({ is_early });
  }

  #pause() {
    this.#paused_until_ms = this.world.now_ms() + REST_MS;
  }
}
