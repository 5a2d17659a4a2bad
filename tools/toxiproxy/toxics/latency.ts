/** `latency`: every chunk leaves `latency` ± `jitter` ms after it came; order stays, connecting is not delayed. */
import { LATENCY_HELD_BYTES_MAX } from "../limits.ts";
import type { Stage, StageMaker } from "./stage.ts";
import { TimedQueue } from "./timed_queue.ts";

export const latency: StageMaker = (out, told, world): Stage => {
  const queue = new TimedQueue(out, world);
  return {
    get full() {
      return queue.held_bytes >= LATENCY_HELD_BYTES_MAX;
    },
    push(chunk) {
      const { latency, jitter } = told();
      const delay_ms = latency + (jitter === 0 ? 0 : (world.random() * 2 - 1) * jitter);
      world.hit(chunk.length);
      queue.add(chunk, world.now_ms() + Math.max(0, delay_ms));
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
