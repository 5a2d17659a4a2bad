/** What a fault does to exchanges; one object lives as long as its fault is on. */
import type { Answer, Asked } from "../answer.ts";

/** How an answer's bytes leave the proxy, other than whole and at once. */
export interface Framing {
  /** Share of the body after which the connection ends. */
  readonly share_kept?: number;
  /** Added to the Content-Length told. */
  readonly length_delta?: number;
  readonly bytes_per_s?: number;
  /** The body is filled up to this; Infinity: it never ends. */
  readonly body_bytes?: number;
}

/** Each part is left out where the fault does nothing of the kind. */
export interface Effect {
  /** Wait before the head of an answer. */
  readonly delay_ms?: number;
  /** Whether the source is asked for the whole sample even where the client knows it. */
  readonly wants_body?: boolean;
  /** An answer in place of the source's, which is not asked; null: this time not. */
  instead?(): Answer | null;
  /** The answer changed; null where there was nothing to change. */
  change?(answer: Answer, asked: Asked): Answer | null;
  readonly framing?: Framing;
}
