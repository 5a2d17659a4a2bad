/**
 * Replies of a Redis server in RESP3, from chunks of bytes cut anywhere.
 * Format: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

/** Longest line of a Redis reply: a simple string, an error or a length. */
const LINE_BYTES_MAX = 4096;

/** Deepest nesting of arrays and maps in a Redis reply. */
const DEPTH_MAX = 8;

/** Most elements of one Redis reply, all levels together. */
const ELEMENTS_MAX = 4096;

/** An error reply, such as `READONLY You can't write against a read only replica.` */
export class ReplyError extends Error {
  override readonly name = "ReplyError";

  /** First word, Redis's error code: `ERR`, `OOM`, `READONLY`, `NOAUTH`. */
  get code(): string {
    return this.message.split(" ", 1)[0];
  }
}

/** Bytes that are not RESP3, or a reply beyond its bounds. The connection cannot be used again. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** An out-of-band message, such as `message <channel> <payload>`. */
export class Push {
  constructor(readonly items: readonly Reply[]) {}
}

/** Strings of known length come as bytes, everything else as its JavaScript value. */
export type Reply =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array<ArrayBuffer>
  | ReplyError
  | Push
  | Reply[];

interface OpenAggregate {
  readonly type: string;
  readonly count: number;
  readonly items: Reply[];
}

interface OpenBulk {
  readonly type: string;
  /** Payload and its CR LF. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  filled: number;
}

const CR = 13, LF = 10;
const decoder = new TextDecoder();

/**
 * Incremental reader. Maps become arrays of alternating keys and values; attributes are dropped.
 *
 * ```ts
 * const reader = new ReplyReader(1 << 20);
 * reader.push(bytes("*2\r\n:1\r\n$2\r\nh")); // []
 * reader.push(bytes("i\r\n")); // [[1, Uint8Array "hi"]]
 * ```
 */
export class ReplyReader {
  readonly #line = new Uint8Array(LINE_BYTES_MAX);
  #line_bytes = 0;
  #bulk: OpenBulk | null = null;
  readonly #open: OpenAggregate[] = [];
  #elements = 0;
  #bytes = 0;

  /** @param reply_bytes_max Most bytes of one reply's strings together. */
  constructor(readonly reply_bytes_max: number) {}

  /** Whether a reply has begun that has not ended. */
  get is_inside(): boolean {
    return this.#line_bytes > 0 || this.#bulk !== null || this.#open.length > 0;
  }

  /** The replies that end within `chunk`. @throws {ProtocolError} */
  push(chunk: Uint8Array): Reply[] {
    const replies: Reply[] = [];
    let at = 0;
    while (at < chunk.length) {
      at += this.#bulk === null
        ? this.#takeLine(chunk.subarray(at), replies)
        : this.#takeBulk(this.#bulk, chunk.subarray(at), replies);
    }
    return replies;
  }

  #takeLine(chunk: Uint8Array, replies: Reply[]): number {
    const end = chunk.indexOf(LF);
    const part = end < 0 ? chunk : chunk.subarray(0, end + 1);
    if (this.#line_bytes + part.length > LINE_BYTES_MAX) {
      throw new ProtocolError(`a line of a reply is longer than ${LINE_BYTES_MAX} bytes`);
    }
    this.#line.set(part, this.#line_bytes);
    this.#line_bytes += part.length;
    if (end < 0) return part.length;
    const length = this.#line_bytes - 2;
    this.#line_bytes = 0;
    if (length < 1 || this.#line[length] !== CR) {
      throw new ProtocolError("a line of a reply does not end with CR LF");
    }
    this.#begin(decoder.decode(this.#line.subarray(0, length)), replies);
    return part.length;
  }

  #takeBulk(bulk: OpenBulk, chunk: Uint8Array, replies: Reply[]): number {
    const { bytes, type } = bulk;
    const part = chunk.subarray(0, bytes.length - bulk.filled);
    bytes.set(part, bulk.filled);
    bulk.filled += part.length;
    if (bulk.filled < bytes.length) return part.length;
    this.#bulk = null;
    const length = bytes.length - 2;
    if (bytes[length] !== CR || bytes[length + 1] !== LF) {
      throw new ProtocolError(`a string of ${length} bytes does not end with CR LF`);
    }
    const payload = bytes.subarray(0, length);
    if (type === "$") this.#complete(payload, replies);
    else if (type === "!") this.#complete(new ReplyError(decoder.decode(payload)), replies);
    else this.#complete(decoder.decode(payload.subarray(4)), replies);
    return part.length;
  }

  /** Begins the element whose first line this is; most elements end with it. */
  #begin(line: string, replies: Reply[]): void {
    const type = line[0];
    const rest = line.slice(1);
    if (++this.#elements > ELEMENTS_MAX) {
      throw new ProtocolError(`a reply has more than ${ELEMENTS_MAX} elements`);
    }
    switch (type) {
      case "$":
      case "!":
      case "=":
        return this.#beginBulk(type, rest, replies);
      case "*":
      case "~":
      case ">":
      case "%":
      case "|":
        return this.#beginAggregate(type, rest, replies);
      default:
        return this.#complete(scalar(type, rest), replies);
    }
  }

  #beginBulk(type: string, rest: string, replies: Reply[]): void {
    if (type === "$" && rest === "-1") return this.#complete(null, replies);
    const length = count(rest);
    if (type === "!" && length > LINE_BYTES_MAX) {
      throw new ProtocolError(`an error has ${length} bytes: at most ${LINE_BYTES_MAX}`);
    }
    this.#bytes += length;
    if (this.#bytes > this.reply_bytes_max) {
      throw new ProtocolError(
        `a reply has at least ${this.#bytes} bytes: at most ${this.reply_bytes_max}`,
      );
    }
    this.#bulk = { type, bytes: new Uint8Array(length + 2), filled: 0 };
  }

  #beginAggregate(type: string, rest: string, replies: Reply[]): void {
    if (type === "*" && rest === "-1") return this.#complete(null, replies);
    if (this.#open.length === DEPTH_MAX) {
      throw new ProtocolError(`a reply is nested deeper than ${DEPTH_MAX} levels`);
    }
    const items = count(rest) * (type === "%" || type === "|" ? 2 : 1);
    if (items > ELEMENTS_MAX) {
      throw new ProtocolError(`a reply has ${items} elements: at most ${ELEMENTS_MAX}`);
    }
    this.#open.push({ type, count: items, items: [] });
    if (items === 0) this.#close(replies);
  }

  /** Adds a whole element to its aggregate, or to the replies. */
  #complete(reply: Reply, replies: Reply[]): void {
    const aggregate = this.#open.at(-1);
    if (aggregate === undefined) {
      replies.push(reply);
      this.#elements = this.#bytes = 0;
      return;
    }
    aggregate.items.push(reply);
    if (aggregate.items.length === aggregate.count) this.#close(replies);
  }

  #close(replies: Reply[]): void {
    const { type, items } = this.#open.pop()!;
    if (type === "|") return;
    this.#complete(type === ">" ? new Push(items) : items, replies);
  }
}

function scalar(type: string, rest: string): Reply {
  switch (type) {
    case "+":
      return rest;
    case "-":
      return new ReplyError(rest);
    case "_":
      return null;
    case "#":
      if (rest === "t" || rest === "f") return rest === "t";
      break;
    case ":":
    case "(":
      if (/^[+-]?\d{1,1000}$/.test(rest)) return integer(rest);
      break;
    case ",":
      if (rest === "nan") return NaN;
      if (rest === "inf" || rest === "-inf") return rest === "inf" ? Infinity : -Infinity;
      if (/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(rest)) return Number(rest);
  }
  throw new ProtocolError(`${JSON.stringify((type + rest).slice(0, 40))} begins no RESP3 reply`);
}

/** A number if it is exact, else a bigint. */
function integer(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits.replace("+", ""));
}

function count(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ProtocolError(`${JSON.stringify(text.slice(0, 40))} is no length`);
}
