/** Bodies too long to copy at once: sent piece by piece, a few at a time, for a limited time. */

/** Long answers under way at a time; each may keep a replaced snapshot's list in memory. */
export const LONG_BODIES_MAX = 16;

/** Longest time one takes; a reader slower than that is cut off. */
export const LONG_BODY_MS_MAX = 60_000;

/** Hands out streams as long as there are fewer than {@link LONG_BODIES_MAX}. */
export class LongBodies {
  #under_way = 0;

  /** Whether one more may start. */
  get full(): boolean {
    return this.#under_way >= LONG_BODIES_MAX;
  }

  /**
   * A stream of the chunks; pulls one at a time, as the reader takes them. `release` is called once,
   * when no chunk will be read any more.
   */
  stream(
    chunks: Iterator<Uint8Array<ArrayBuffer>>,
    release: () => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let open = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      if (!open) return;
      open = false;
      this.#under_way--;
      clearTimeout(timer);
      release();
    };
    this.#under_way++;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        timer = setTimeout(() => {
          end();
          controller.error(new Error(`reader took longer than ${LONG_BODY_MS_MAX} ms`));
        }, LONG_BODY_MS_MAX);
      },
      pull(controller) {
        const { done, value } = chunks.next();
        if (done) {
          end();
          controller.close();
        } else controller.enqueue(value);
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }
}
