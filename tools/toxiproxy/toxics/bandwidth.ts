/**
 * `bandwidth`: `rate` KB/s (1 KB = 1000 B, so `rate` bytes a millisecond), sent in slices of at most
 * 100 ms. Rate 0 lets nothing through.
 */
import { PACED_HELD_BYTES_MAX } from "../limits.ts";
import type { Stage, StageMaker } from "./stage.ts";
import { TimedQueue } from "./timed_queue.ts";

const SLICE_MS = 100;

export const bandwidth: StageMaker = (out, told, world): Stage => {
  const queue = new TimedQueue(out, world);
  return {
    get full() {
      return queue.held_bytes >= PACED_HELD_BYTES_MAX;
    },
    push(chunk) {
      const { rate } = told();
      const slice_bytes = Math.max(1, rate * SLICE_MS);
      let free_ms = Math.max(world.now_ms(), queue.last_due_ms);
      world.hit(chunk.length);
      if (rate === 0) return queue.add(chunk, Infinity);
      for (let from = 0; from < chunk.length; from += slice_bytes) {
        const slice = chunk.subarray(from, from + slice_bytes);
        free_ms += slice.length / rate;
        queue.add(slice, free_ms);
      }
    },
    end() {
      if (queue.empty || queue.last_due_ms === Infinity) out.end();
      else queue.add(null, queue.last_due_ms);
    },
    release: () => queue.release(),
    leave: () => queue.release(),
    stop: () => queue.stop(),
  };
};
