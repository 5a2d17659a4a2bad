/** Keeps the bytes of answers: head and body of one after another, in pieces of memory they share. */
import type { ResponseSink } from "../../http/mod.ts";
import { SLAB_BYTES } from "./limits.ts";

/**
 * Each answer's bytes lie together. They stay as they are for as long as somebody refers to
 * {@link bytes}: full memory is left to its answers and new memory taken.
 */
export class AnswerBuffer implements ResponseSink {
  bytes = new Uint8Array(SLAB_BYTES);
  head_start = 0;
  head_end = 0;
  body_end = 0;
  keep_body = true;

  begin(keep_body: boolean): void {
    this.head_start = this.head_end = this.body_end;
    this.keep_body = keep_body;
  }

  onHead(piece: Uint8Array): void {
    this.#append(piece);
    this.head_end = this.body_end;
  }

  onBody(piece: Uint8Array): void {
    if (this.keep_body) this.#append(piece);
  }

  #append(piece: Uint8Array): void {
    const end = this.body_end + piece.length;
    if (end > this.bytes.length) this.#move(end - this.head_start);
    this.bytes.set(piece, this.body_end);
    this.body_end += piece.length;
  }

  /** Takes new memory with room for an answer of `needed` bytes, and moves what is there of it. */
  #move(needed: number): void {
    const moved = this.bytes.subarray(this.head_start, this.body_end);
    this.bytes = new Uint8Array(needed * 2 > SLAB_BYTES ? needed * 2 : SLAB_BYTES);
    this.bytes.set(moved);
    this.head_end -= this.head_start;
    this.body_end -= this.head_start;
    this.head_start = 0;
  }
}
