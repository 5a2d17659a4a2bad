/** One direction of a connection: a socket's data on its way through the toxics to the other socket. */
import type { Socket } from "node:net";
import { SINK_BYTES_MAX } from "../limits.ts";
import type { Flow } from "../toxics/stage.ts";
import { type ConnectionWorld, Slot, type Toxic } from "./toxic.ts";

/**
 * Reads `source` only while there is room on the way: a full stage or a slow `sink` pauses it. The
 * end of data closes `sink` in both directions once it has passed all toxics, which in turn ends
 * the other direction: half-open connections are not kept, as the real server does not.
 */
export class Link {
  #slots: Slot[] = [];
  #head: Flow;
  #tail: Flow;
  #is_paused = false;
  #has_ended = false;

  constructor(
    readonly source: Socket,
    readonly sink: Socket,
    onChunk: (bytes: number) => void,
  ) {
    this.#tail = {
      push: (chunk) => {
        if (!sink.destroyed && !sink.writableEnded) sink.write(chunk);
      },
      end: () => sink.destroySoon(),
    };
    this.#head = this.#tail;
    source.on("data", (chunk: Uint8Array) => {
      onChunk(chunk.length);
      this.#head.push(chunk);
      if (!this.#is_paused && this.#isFull()) {
        this.#is_paused = true;
        source.pause();
      }
    });
    sink.on("drain", () => this.ease());
    source.on("end", () => this.finish());
    source.on("close", () => this.finish());
  }

  /** No more data comes. */
  finish(): void {
    if (this.#has_ended) return;
    this.#has_ended = true;
    this.#head.end();
  }

  /** Reads on where there is room again. */
  ease(): void {
    if (!this.#is_paused || this.#isFull()) return;
    this.#is_paused = false;
    this.source.resume();
  }

  add(toxic: Toxic, world: ConnectionWorld, random: () => number): void {
    const slot = new Slot(toxic, this.#tail, world, random);
    const last = this.#slots.at(-1);
    if (last === undefined) this.#head = slot;
    else last.next = slot;
    this.#slots.push(slot);
  }

  update(toxic: Toxic): void {
    this.#slots.find((slot) => slot.toxic === toxic)?.update();
    this.ease();
  }

  remove(toxic: Toxic): void {
    const at = this.#slots.findIndex((slot) => slot.toxic === toxic);
    if (at < 0) return;
    const [slot] = this.#slots.splice(at, 1);
    slot.leave();
    if (at === 0) this.#head = slot.next;
    else this.#slots[at - 1].next = slot.next;
    this.ease();
  }

  stop(): void {
    this.#has_ended = true;
    for (const slot of this.#slots) slot.stop();
    this.#slots = [];
    this.#head = this.#tail;
  }

  #isFull(): boolean {
    return this.sink.writableLength >= SINK_BYTES_MAX || this.#slots.some((slot) => slot.full);
  }
}
