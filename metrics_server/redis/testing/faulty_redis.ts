/** A Redis in memory whose replies break at random, for fuzz tests. */
import { joinBytes } from "../../../platform/mod.ts";
import type { Wire } from "../connection.ts";
import { type Reply, ReplyReader } from "../reply_reader.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** A server with four commands; while it is faulty, its replies are broken at random. */
export class FaultyRedis {
  value: Uint8Array<ArrayBuffer> | null = null;
  faulty = true;
  readonly #wires: FaultyWire[] = [];
  constructor(readonly random: () => number) {}

  dial(signal: AbortSignal): Promise<Wire> {
    if (this.faulty && this.random() < 0.1) return Promise.reject(new Error("refused"));
    if (this.faulty && this.random() < 0.1) {
      return new Promise((_, reject) => signal.onabort = () => reject(signal.reason));
    }
    const wire = new FaultyWire(this);
    this.#wires.push(wire);
    return Promise.resolve(wire);
  }

  /** Stops breaking replies. Ends all connections, because a broken reply may shift later ones. */
  heal(): void {
    this.faulty = false;
    for (const wire of this.#wires) wire.hangUp();
  }

  answer(command: readonly Reply[]): Uint8Array<ArrayBuffer> {
    const [name, , value] = command as Uint8Array<ArrayBuffer>[];
    switch (decoder.decode(name)) {
      case "HELLO":
        return encoder.encode("%2\r\n+server\r\n$5\r\nredis\r\n+proto\r\n:3\r\n");
      case "SET":
        this.value = value.slice();
        return encoder.encode("+OK\r\n");
      case "STRLEN":
        return encoder.encode(`:${this.value?.length ?? 0}\r\n`);
      default: {
        if (this.value === null) return encoder.encode("_\r\n");
        const head = encoder.encode(`$${this.value.length}\r\n`);
        return joinBytes([head, this.value, encoder.encode("\r\n")]);
      }
    }
  }

  /** The reply as it is sent; null ends the connection after it. */
  broken(reply: Uint8Array<ArrayBuffer>): (Uint8Array<ArrayBuffer> | null)[] {
    const at = Math.floor(this.random() * reply.length);
    const fault = this.faulty ? Math.floor(this.random() * 16) : 99;
    switch (fault) {
      case 0:
        reply[at] ^= 1 << Math.floor(this.random() * 8);
        return [reply];
      case 1:
        return [reply.slice(0, at)];
      case 2:
        return [reply.slice(0, at), null];
      case 3:
        return [reply, reply];
      case 4:
        return [encoder.encode(">2\r\n+noise\r\n:1\r\n"), reply];
      case 5:
        return [encoder.encode("-LOADING Redis is loading the dataset in memory\r\n")];
      case 6:
        return [];
      case 7:
        return [reply.map(() => Math.floor(this.random() * 256))];
      default:
        return [reply];
    }
  }
}

class FaultyWire implements Wire {
  readonly #commands = new ReplyReader(1 << 20);
  readonly #sent: (Uint8Array<ArrayBuffer> | null)[] = [];
  #wake = () => {};
  #closed = false;
  constructor(readonly server: FaultyRedis) {}

  write(bytes: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.reject(new Error("closed"));
    const taken = bytes.subarray(0, 1 + Math.floor(this.server.random() * bytes.length));
    for (const command of this.#commands.push(taken)) {
      this.#sent.push(...this.server.broken(this.server.answer(command as Reply[])));
    }
    this.#wake();
    return Promise.resolve(taken.length);
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#sent.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#closed) throw new Error("closed");
    const chunk = this.#sent[0];
    if (chunk === null) return null;
    const length = Math.min(chunk.length, 1 + Math.floor(this.server.random() * 600));
    into.set(chunk.subarray(0, length));
    if (length === chunk.length) this.#sent.shift();
    else this.#sent[0] = chunk.subarray(length);
    return length;
  }

  hangUp(): void {
    this.#sent.push(null);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
