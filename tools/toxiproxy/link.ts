/** One direction of a connection: a chain of toxics between two sockets. */
import type { Socket } from "node:net";
import type { Attributes, Stream, ToxicType } from "./checks.ts";
import type { ToxicHits } from "./hits.ts";
import { CHUNK_BYTES_MAX, SINK_BYTES_MAX } from "./limits.ts";
import type { Flow, Stage, StageWorld } from "./stage.ts";
import { STAGES } from "./toxics.ts";

/** A toxic as the API shows it. */
export interface ToxicView {
  readonly attributes: Attributes;
  readonly name: string;
  readonly type: ToxicType;
  /** As requested, in any case of letters. */
  readonly stream: string;
  readonly toxicity: number;
}

export interface Toxic {
  view: ToxicView;
  readonly stream: Stream;
  readonly hits: ToxicHits;
}

/** What a toxic needs from its connection. */
export type ConnectionWorld = Omit<StageWorld, "hit" | "random">;

/** A toxic in the chain of one connection; its toxicity decides whether it affects this one. */
class Slot implements Flow {
  next: Flow;
  #stage: Stage | null = null;
  #is_counted = false;
  #make: () => Stage;
  #random: () => number;

  constructor(readonly toxic: Toxic, next: Flow, world: ConnectionWorld, random: () => number) {
    this.next = next;
    this.#random = random;
    const out: Flow = { push: (chunk) => this.next.push(chunk), end: () => this.next.end() };
    const stage_world: StageWorld = { ...world, random, hit: (bytes) => this.#count(bytes) };
    this.#make = () => STAGES[toxic.view.type](out, () => toxic.view.attributes, stage_world);
    this.#draw();
  }

  get full(): boolean {
    return this.#stage?.full ?? false;
  }

  get resets(): boolean {
    return this.#stage !== null && this.toxic.view.type === "reset_peer";
  }

  push(chunk: Uint8Array): void {
    if (this.#stage === null) this.next.push(chunk);
    else this.#stage.push(chunk);
  }

  end(): void {
    if (this.#stage === null) this.next.end();
    else this.#stage.end();
  }

  /** Attributes or toxicity have changed: passes on what it holds and draws again. */
  update(): void {
    this.#stage?.release();
    this.#draw();
  }

  leave(): void {
    this.#stage?.leave();
    this.#stage = null;
  }

  stop(): void {
    this.#stage?.stop();
    this.#stage = null;
  }

  #draw(): void {
    const is_affected = this.#random() < this.toxic.view.toxicity;
    if (is_affected) this.#stage ??= this.#make();
    else if (this.#stage !== null) this.leave();
  }

  #count(bytes: number): void {
    const { hits } = this.toxic;
    hits.hits++;
    hits.bytes += bytes;
    if (!this.#is_counted) hits.connections++;
    this.#is_counted = true;
  }
}

/**
 * One direction of a connection. Reads `source` only while there is room: a full stage or a slow
 * `sink` pauses it. Once the end of data has passed all toxics it closes `sink` in both directions,
 * which ends the other direction too: like the real server, it keeps no half-open connections.
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
    onSent: (bytes: number) => void,
    onEnd: (sink: Socket) => void,
  ) {
    this.#tail = {
      push: (chunk) => {
        if (sink.destroyed || sink.writableEnded) return;
        onSent(chunk.length);
        sink.write(chunk);
      },
      end: () => onEnd(sink),
    };
    this.#head = this.#tail;
    source.on("data", (chunk: Uint8Array) => {
      onChunk(chunk.length);
      this.#push(chunk);
      if (!this.#is_paused && this.#isFull()) {
        this.#is_paused = true;
        source.pause();
      }
    });
    sink.on("drain", () => this.ease());
    source.on("end", () => this.finish());
    source.on("close", () => this.finish());
  }

  /** Whether a reset_peer affects it. */
  get resets(): boolean {
    return this.#slots.some((slot) => slot.resets);
  }

  /** Ends the direction: no more data comes. */
  finish(): void {
    if (this.#has_ended) return;
    this.#has_ended = true;
    this.#head.end();
  }

  /** Reads on if there is room again. */
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

  #push(chunk: Uint8Array): void {
    if (this.#slots.length === 0) return this.#tail.push(chunk);
    for (let from = 0; from < chunk.length; from += CHUNK_BYTES_MAX) {
      this.#head.push(chunk.subarray(from, from + CHUNK_BYTES_MAX));
    }
  }

  #isFull(): boolean {
    return this.sink.writableLength >= SINK_BYTES_MAX || this.#slots.some((slot) => slot.full);
  }
}
