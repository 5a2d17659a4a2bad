/** A Redis server in memory whose replies a test writes, and timers that it runs. */
import { assertEquals } from "@std/assert";
import type { Wire } from "../connection.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Timers of a test, run by hand. */
export class Timers {
  readonly waiting = new Map<() => void, number>();
  readonly later = (delay_ms: number, run: () => void) => {
    const once = () => (this.waiting.delete(once), run());
    this.waiting.set(once, delay_ms);
    return () => void this.waiting.delete(once);
  };
  /** Runs the only waiting timer and returns its delay. */
  fire(): number {
    const [[run, delay_ms]] = this.waiting;
    assertEquals(this.waiting.size, 1);
    run();
    return delay_ms;
  }
}

/** One end of a connection in memory; the test is the server. */
export class ScriptedServer implements Wire {
  received = "";
  closed = false;
  #deliver: ((bytes: Uint8Array | null) => void) | null = null;
  #sent: (Uint8Array | null)[] = [];

  reply(text: string): void {
    this.#send(encoder.encode(text));
  }
  hangUp(): void {
    this.#send(null);
  }
  #send(bytes: Uint8Array | null): void {
    if (this.#deliver === null) this.#sent.push(bytes);
    else this.#deliver(bytes);
    this.#deliver = null;
  }
  async read(into: Uint8Array): Promise<number | null> {
    const bytes = this.#sent.length > 0
      ? this.#sent.shift()!
      : await new Promise<Uint8Array | null>((resolve) => this.#deliver = resolve);
    if (bytes === null) return null;
    into.set(bytes);
    return bytes.length;
  }
  write(bytes: Uint8Array): Promise<number> {
    // Half of it: a socket may take less than it is given.
    const taken = Math.ceil(bytes.length / 2);
    this.received += decoder.decode(bytes.subarray(0, taken));
    return Promise.resolve(taken);
  }
  close(): void {
    this.closed = true;
    this.#send(null);
  }
}
