/**
 * One client's connection, with the toxics on its way:
 *
 *     client  → Slot → Slot → … → upstream
 *     client ← … ← Slot ← Slot ←  upstream
 */
import type { Socket } from "node:net";
import type { FineTimers } from "./fine_timers.ts";
import type { ProxyHits } from "./hits.ts";
import { type ConnectionWorld, Link, type Toxic } from "./link.ts";
import { seededRandom } from "./stage.ts";

interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Among this proxy's connections, from 1: with the seed it decides which toxics affect it. */
  readonly number: number;
  readonly proxy: string;
  readonly seed: number;
  readonly hits: ProxyHits;
  readonly timers: FineTimers;
  readonly toxics: Iterable<Toxic>;
  readonly onClosed: () => void;
}

/** A client's connection and the one to the upstream behind it. */
export class Connection {
  readonly #up: Link;
  readonly #down: Link;
  #open_sockets = 2;

  constructor(private readonly options: ConnectionOptions) {
    const { client, upstream, hits } = options;
    const onEnd = (sink: Socket) => this.#endSink(sink);
    this.#up = new Link(
      client,
      upstream,
      (bytes) => {
        hits.bytes_up += bytes;
        hits.chunks_up++;
      },
      (bytes) => hits.bytes_up_sent += bytes,
      onEnd,
    );
    this.#down = new Link(
      upstream,
      client,
      (bytes) => {
        hits.bytes_down += bytes;
        hits.chunks_down++;
      },
      (bytes) => hits.bytes_down_sent += bytes,
      onEnd,
    );
    for (const socket of [client, upstream]) socket.once("close", () => this.#onSocketClosed());
    for (const toxic of options.toxics) this.add(toxic);
    // The client left before the upstream had accepted: its "end" is over.
    if (client.readableEnded) this.#up.finish();
  }

  add(toxic: Toxic): void {
    const { seed, proxy, number } = this.options;
    const link = this.#linkOf(toxic);
    const world: ConnectionWorld = {
      now_ms: () => performance.now(),
      after: (delay_ms, callback) => this.options.timers.after(delay_ms, callback),
      reset: () => this.reset(),
      eased: () => link.ease(),
    };
    link.add(toxic, world, seededRandom(seed, `${proxy}\n${toxic.view.name}\n${number}`));
  }

  update(toxic: Toxic): void {
    this.#linkOf(toxic).update(toxic);
  }

  remove(toxic: Toxic): void {
    this.#linkOf(toxic).remove(toxic);
  }

  /** FIN to both sides, RST under a reset_peer; data that toxics hold is dropped. */
  close(): void {
    if (this.#resets) return this.reset();
    this.#stop();
    this.options.client.destroy();
    this.options.upstream.destroy();
  }

  /** RST to both sides. */
  reset(): void {
    this.#stop();
    this.options.client.resetAndDestroy();
    this.options.upstream.resetAndDestroy();
  }

  /** Whether any end of it is an RST, whichever direction the toxic is on. */
  get #resets(): boolean {
    return this.#up.resets || this.#down.resets;
  }

  /** Closes the socket once all that was written has left. */
  #endSink(sink: Socket): void {
    if (this.#resets && sink.writable) sink.write("", () => sink.resetAndDestroy());
    else sink.destroySoon();
  }

  #linkOf(toxic: Toxic): Link {
    return toxic.stream === "upstream" ? this.#up : this.#down;
  }

  #stop(): void {
    this.#up.stop();
    this.#down.stop();
  }

  #onSocketClosed(): void {
    if (--this.#open_sockets > 0) return;
    this.#stop();
    this.options.onClosed();
  }
}
