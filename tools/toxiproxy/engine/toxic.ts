/** A toxic of a proxy, and its stage on one connection. */
import type { Attributes, Stream, ToxicType } from "../toxics/attributes.ts";
import type { Flow, Stage, StageWorld } from "../toxics/stage.ts";
import { STAGES } from "../toxics/stages.ts";
import type { ToxicHits } from "./hits.ts";

/** As the API shows it. */
export interface ToxicView {
  readonly attributes: Attributes;
  readonly name: string;
  readonly type: ToxicType;
  /** As it was given, in any case. */
  readonly stream: string;
  readonly toxicity: number;
}

export interface Toxic {
  view: ToxicView;
  readonly stream: Stream;
  readonly hits: ToxicHits;
}

/** What a slot needs from its connection. */
export type ConnectionWorld = Omit<StageWorld, "hit" | "random">;

/** Place of a toxic in the chain of one connection. By its toxicity it may let all pass. */
export class Slot implements Flow {
  next: Flow;
  #stage: Stage | null = null;
  #touched = false;
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

  /** Its toxic has other attributes or another toxicity now: what was held goes, and the lot is drawn anew. */
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
    const is_touched = this.#random() < this.toxic.view.toxicity;
    if (is_touched) this.#stage ??= this.#make();
    else if (this.#stage !== null) this.leave();
  }

  #count(bytes: number): void {
    const { hits } = this.toxic;
    hits.hits++;
    hits.bytes += bytes;
    if (!this.#touched) hits.connections++;
    this.#touched = true;
  }
}
