/** What a toxic is to one direction of one connection: a stage that data passes on its way. */

/** Takes data and its end. */
export interface Flow {
  push(chunk: Uint8Array): void;
  /** No more data; at the last of the chain the connection is closed. */
  end(): void;
}

/** A stage of a chain. After `release` or `stop` it holds nothing. */
export interface Stage extends Flow {
  /** Whether it holds so much that its source has to wait. */
  readonly full: boolean;
  /** Hands on at once all that it holds; it may be asked to go on afterwards, with other attributes. */
  release(): void;
  /** Its toxic is taken off: hands on what it holds, or closes where that is what the toxic does. */
  leave(): void;
  /** Its connection is gone: drops what it holds. */
  stop(): void;
}

/** What a stage needs from outside. */
export interface StageWorld {
  now_ms(): number;
  /** Calls back after that time; returns what cancels it. */
  after(delay_ms: number, callback: () => void): () => void;
  /** From this connection's own stream of random numbers, 0 ≤ x < 1. */
  random(): number;
  /** RST to both sides. */
  reset(): void;
  /** Says that something is no longer held, so that a paused source may go on. */
  eased(): void;
  /** Counts that the toxic touched this much data. */
  hit(bytes: number): void;
}

/** Current attributes; a stage reads them each time, since PATCH changes them. */
export type Told = () => Readonly<Record<string, number>>;

export type StageMaker = (out: Flow, told: Told, world: StageWorld) => Stage;
