/** `slicer`: cuts data into pieces of `average_size` ± `size_variation` bytes, `delay` µs apart. */
import { PACED_HELD_BYTES_MAX } from "../limits.ts";
import type { Stage, StageMaker } from "./stage.ts";
import { TimedQueue } from "./timed_queue.ts";

export const slicer: StageMaker = (out, told, world): Stage => {
  const queue = new TimedQueue(out, world);
  return {
    get full() {
      return queue.held_bytes >= PACED_HELD_BYTES_MAX;
    },
    push(chunk) {
      const { average_size, size_variation, delay } = told();
      world.hit(chunk.length);
      let due_ms = queue.empty ? world.now_ms() : queue.last_due_ms + delay / 1000;
      let from = 0;
      while (from < chunk.length) {
        const varied = (world.random() * 2 - 1) * size_variation;
        const to = from + Math.max(1, Math.round(average_size + varied));
        const piece = chunk.subarray(from, to);
        // The first piece of an idle line leaves at once, without a timer.
        if (queue.empty && due_ms <= world.now_ms()) out.push(piece);
        else queue.add(piece, due_ms);
        from = to;
        due_ms += delay / 1000;
      }
    },
    end() {
      if (queue.empty) out.end();
      else queue.add(null, queue.last_due_ms);
    },
    release: () => queue.release(),
    leave: () => queue.release(),
    stop: () => queue.stop(),
  };
};
