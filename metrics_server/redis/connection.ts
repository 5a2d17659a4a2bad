/**
 * One connection to a Redis server: commands are pipelined, replies come back in their order.
 *
 *     send() ──> encode ──> queue ──> socket ──> ReplyReader ──┬──> the oldest waiting command
 *                                                              └──> onPush
 */
import { joinBytes } from "../../platform/mod.ts";
import { Push, type Reply, ReplyError, ReplyReader } from "./reply_reader.ts";

/** Most Redis commands that wait for a reply. */
const WAITING_MAX = 256;

const READ_BYTES = 64 * 1024;

/** Socket of a connection; a `Deno.Conn` is one. */
export interface Wire {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** Calls back once after the delay; the returned function cancels it. */
export type Later = (delay_ms: number, run: () => void) => () => void;

/** The connection has ended, or a command could not be sent on it. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

export interface ConnectionOptions {
  readonly reply_bytes_max: number;
  /** Longest silence while a command waits for its reply, or within one. */
  readonly reply_timeout_ms: number;
  readonly later: Later;
  onPush(items: readonly Reply[]): void;
}

/** An argument of a command: text, bytes, or the parts of one long string. */
export type Argument = string | Uint8Array | readonly Uint8Array[];

interface Waiting {
  readonly command: string;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

const encoder = new TextEncoder();
const LINE_END = encoder.encode("\r\n");

export class Connection {
  readonly #waiting: Waiting[] = [];
  readonly #queue: Uint8Array[] = [];
  readonly #reader: ReplyReader;
  #writing = false;
  #cancel_timeout: (() => void) | null = null;
  #ended: ConnectionError | null = null;
  /** Resolves with the reason when the connection ends. */
  readonly ended: Promise<ConnectionError>;
  #resolveEnded!: (error: ConnectionError) => void;

  constructor(readonly wire: Wire, readonly options: ConnectionOptions) {
    this.#reader = new ReplyReader(options.reply_bytes_max);
    this.ended = new Promise((resolve) => this.#resolveEnded = resolve);
    this.#read();
  }

  /**
   * Sends a command. Bodies are not copied: they must not change until the reply is here.
   *
   * @throws {ReplyError} the server's own error; {@link ConnectionError} if the connection ends
   * first.
   */
  async send(...command: readonly Argument[]): Promise<Exclude<Reply, ReplyError>> {
    if (this.#ended !== null) throw this.#ended;
    if (this.#waiting.length === WAITING_MAX) {
      throw new ConnectionError(
        `${WAITING_MAX} commands are waiting for a reply: no more are sent`,
      );
    }
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting.push({ command: String(command[0]), resolve, reject });
      if (this.#waiting.length === 1) this.#startTimeout();
      this.sendUnanswered(...command);
    });
    if (reply instanceof ReplyError) throw reply;
    return reply;
  }

  /** Sends a command that is answered by pushes, such as SUBSCRIBE. */
  sendUnanswered(...command: readonly Argument[]): void {
    this.#queue.push(...encodeCommand(command));
    if (!this.#writing) this.#write();
  }

  close(reason = "closed by this side"): void {
    this.#end(reason);
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      for (let part = this.#queue.shift(); part !== undefined; part = this.#queue.shift()) {
        while (part.length > 0) {
          part = part.subarray(await this.wire.write(part));
          this.#startTimeout();
        }
      }
    } catch (error) {
      this.#end(`sending failed: ${(error as Error).message}`);
    }
    this.#writing = false;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const length = await this.wire.read(buffer);
        if (length === null) return this.#end("the server closed the connection");
        const replies = this.#reader.push(buffer.subarray(0, length));
        for (const reply of replies) this.#take(reply);
        // A server that sends only pushes does not answer.
        if (replies.length === 0 || replies.some(isAnswer)) this.#startTimeout();
      }
    } catch (error) {
      this.#end((error as Error).message);
    }
  }

  #take(reply: Reply): void {
    if (reply instanceof Push) return this.options.onPush(reply.items);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return this.#end("the server sent a reply to no command");
    waiting.resolve(reply);
  }

  /** The timeout covers silence: each part sent or received starts it again. */
  #startTimeout(): void {
    this.#cancelTimeout();
    const is_expected = this.#waiting.length > 0 || this.#reader.is_inside;
    if (!is_expected || this.#ended !== null) return;
    const { reply_timeout_ms } = this.options;
    this.#cancel_timeout = this.options.later(reply_timeout_ms, () => {
      const [waiting] = this.#waiting;
      const missing = waiting === undefined ? "end of a reply" : `reply to ${waiting.command}`;
      this.#end(`no ${missing} within ${reply_timeout_ms} ms`);
    });
  }

  #cancelTimeout(): void {
    this.#cancel_timeout?.();
    this.#cancel_timeout = null;
  }

  #end(reason: string): void {
    if (this.#ended !== null) return;
    const error = this.#ended = new ConnectionError(reason);
    this.#cancelTimeout();
    this.wire.close();
    this.#queue.length = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#resolveEnded(error);
  }
}

function isAnswer(reply: Reply): boolean {
  return !(reply instanceof Push);
}

/** Longest string of a Redis command that is joined with others into one write. */
const JOINED_BYTES_MAX = 16 * 1024;

/** A command as an array of strings of known length. */
function encodeCommand(command: readonly Argument[]): Uint8Array[] {
  const encoded: Uint8Array[] = [];
  let joined: Uint8Array[] = [encoder.encode(`*${command.length}\r\n`)];
  for (const argument of command) {
    const parts = typeof argument === "string" ? [encoder.encode(argument)] : [argument].flat();
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    joined.push(encoder.encode(`$${length}\r\n`));
    for (const part of parts) {
      if (part.length <= JOINED_BYTES_MAX) joined.push(part);
      else {
        encoded.push(joinBytes(joined), part);
        joined = [];
      }
    }
    joined.push(LINE_END);
  }
  encoded.push(joinBytes(joined));
  return encoded;
}
