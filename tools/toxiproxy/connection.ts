/**
 * One client's connection, with the toxics on its way:
 *
 *     client  → Slot → Slot → … → upstream
 *     client ← … ← Slot ← Slot ←  upstream
 */
import type { Socket } from "node:net";
import type { Attributes, Stream, ToxicType } from "./checks.ts";
import type { FineTimers } from "./fine_timers.ts";
import type { ProxyHits, ToxicHits } from "./hits.ts";
import { CHUNK_BYTES_MAX, SINK_BYTES_MAX } from "./limits.ts";
import { type Flow, seededRandom, type Stage, type StageWorld } from "./stage.ts";
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

/** What a slot needs from its connection. */
type ConnectionWorld = Omit<StageWorld, "hit" | "random">;

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
class Link {
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
  ) {
    this.#tail = {
      push: (chunk) => {
        if (sink.destroyed || sink.writableEnded) return;
        onSent(chunk.length);
        sink.write(chunk);
      },
      end: () => sink.destroySoon(),
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

interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Among this proxy's connections, from 1: with the seed it decides which toxics affect it. */
  readonly number: number;
  readonly proxy: string;
  readonly seed: number;
  readonly hits: ProxyHits;
  readonly timers: FineTimers;
  readonly onClosed: () => void;
}

/** A client's connection and the one to the upstream behind it. */
export class Connection {
  readonly #up: Link;
  readonly #down: Link;
  #open_sockets = 2;

  constructor(private readonly options: ConnectionOptions) {
    const { client, upstream, hits } = options;
    this.#up = new Link(client, upstream, (bytes) => {
      hits.bytes_up += bytes;
      hits.chunks_up++;
    }, (bytes) => hits.bytes_up_sent += bytes);
    this.#down = new Link(upstream, client, (bytes) => {
      hits.bytes_down += bytes;
      hits.chunks_down++;
    }, (bytes) => hits.bytes_down_sent += bytes);
    for (const socket of [client, upstream]) socket.once("close", () => this.#onSocketClosed());
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

  /** FIN to both sides; data that toxics hold is dropped. */
  close(): void {
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
