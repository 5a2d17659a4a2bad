/** A client's connection and the one to the upstream that answers it. */
import type { Socket } from "node:net";
import type { ProxyHits } from "./hits.ts";
import { Link } from "./link.ts";
import { seededRandom } from "./seeded_random.ts";
import type { ConnectionWorld, Toxic } from "./toxic.ts";

export interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Of this proxy's connections, from 1: with the seed it decides which toxics touch it. */
  readonly number: number;
  readonly proxy: string;
  readonly seed: number;
  readonly hits: ProxyHits;
  readonly onClosed: () => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #up: Link;
  readonly #down: Link;
  #open_sockets = 2;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { client, upstream, hits } = options;
    this.#up = new Link(client, upstream, (bytes) => {
      hits.bytes_up += bytes;
      hits.chunks_up++;
    });
    this.#down = new Link(upstream, client, (bytes) => {
      hits.bytes_down += bytes;
      hits.chunks_down++;
    });
    for (const socket of [client, upstream]) socket.once("close", () => this.#onSocketClosed());
  }

  add(toxic: Toxic): void {
    const { seed, proxy, number } = this.#options;
    const link = this.#linkOf(toxic);
    const world: ConnectionWorld = {
      now_ms: () => performance.now(),
      after: (delay_ms, callback) => {
        const timer = setTimeout(callback, delay_ms);
        return () => clearTimeout(timer);
      },
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

  /** FIN to both sides; what toxics hold is dropped. */
  close(): void {
    this.#stop();
    this.#options.client.destroy();
    this.#options.upstream.destroy();
  }

  /** RST to both sides. */
  reset(): void {
    this.#stop();
    this.#options.client.resetAndDestroy();
    this.#options.upstream.resetAndDestroy();
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
    this.#options.onClosed();
  }
}
