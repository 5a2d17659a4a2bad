/** What each toxic does to the data of one direction of a connection. */
import type { ToxicType } from "./checks.ts";
import {
  DELAYED_CHUNKS_MAX,
  PACED_HELD_BYTES_MAX,
  PACED_HELD_BYTES_MIN,
  PACED_HELD_MS,
} from "./limits.ts";
import { slicer } from "./slicer.ts";
import {
  Alarm,
  type Flow,
  type Stage,
  type StageMaker,
  type StageWorld,
  TimedQueue,
} from "./stage.ts";

/** A stage over a queue: its end leaves behind the last data. */
function queuedStage(
  out: Flow,
  world: StageWorld,
  isFull: (queue: TimedQueue) => boolean,
  push: (chunk: Uint8Array, queue: TimedQueue) => void,
  release = (queue: TimedQueue) => queue.release(),
): Stage {
  const queue = new TimedQueue(out, world);
  return {
    get full() {
      return isFull(queue);
    },
    push(chunk) {
      world.hit(chunk.length);
      push(chunk, queue);
    },
    end() {
      if (queue.empty) out.end();
      else queue.add(null, queue.last_due_ms);
    },
    release: () => release(queue),
    leave: () => queue.release(),
    stop: () => queue.stop(),
  };
}

/**
 * Delays each chunk by `latency` ± `jitter` ms, in order. Connecting is immediate. On a change, the
 * next chunk passes at once and the new delay holds for those behind it, as in the real server.
 */
const latency: StageMaker = (out, attributes, world) => {
  const delayMs = () => {
    const { latency, jitter } = attributes();
    return Math.max(0, latency + (jitter === 0 ? 0 : (world.random() * 2 - 1) * jitter));
  };
  const isFull = (queue: TimedQueue) => queue.length >= DELAYED_CHUNKS_MAX;
  return queuedStage(
    out,
    world,
    isFull,
    (chunk, queue) => queue.add(chunk, world.now_ms() + delayMs()),
    (queue) => queue.delayAnew(delayMs),
  );
};

const SLICE_MS = 100;

/**
 * `rate` KB/s (1 KB = 1000 B, so `rate` bytes a millisecond), in slices of at most 100 ms. Rate 0
 * passes neither data nor the end after held data. Time lost by a late timer is made up for; idle
 * time is not saved up.
 */
const bandwidth: StageMaker = (out, attributes, world) => {
  const heldMax = () =>
    Math.min(
      Math.max(attributes().rate * PACED_HELD_MS, PACED_HELD_BYTES_MIN),
      PACED_HELD_BYTES_MAX,
    );
  const isFull = (queue: TimedQueue) => queue.held_bytes >= heldMax();
  return queuedStage(out, world, isFull, (chunk, queue) => {
    const { rate } = attributes();
    if (rate === 0) return queue.add(chunk, Infinity);
    const slice_bytes = rate * SLICE_MS;
    let free_ms = queue.last_due_ms;
    if (queue.empty) free_ms = Math.max(free_ms, world.now_ms() - queue.late_ms);
    for (let from = 0; from < chunk.length; from += slice_bytes) {
      const slice = chunk.subarray(from, from + slice_bytes);
      free_ms += slice.length / rate;
      queue.add(slice, free_ms);
    }
  });
};

/** A stage that holds no data. */
const HOLDS_NOTHING = { full: false, release() {}, leave() {}, stop() {} };

/** Closes the connection once `bytes` have passed since the toxic was added. */
const limitData: StageMaker = (out, attributes, world): Stage => {
  let passed_bytes = 0;
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    out.end();
  };
  return {
    ...HOLDS_NOTHING,
    push(chunk) {
      if (closed) return;
      const left_bytes = Math.max(0, attributes().bytes - passed_bytes);
      if (left_bytes > 0) {
        out.push(left_bytes < chunk.length ? chunk.subarray(0, left_bytes) : chunk);
      }
      passed_bytes += Math.min(left_bytes, chunk.length);
      if (chunk.length >= left_bytes) {
        world.hit(chunk.length - left_bytes);
        close();
      }
    },
    end: close,
    stop() {
      closed = true;
    },
  };
};

/** Data passes; its end comes `delay` ms later. */
const slowClose: StageMaker = (out, attributes, world): Stage => {
  const alarm = new Alarm(world);
  const endLate = () => alarm.set(attributes().delay, () => out.end());
  return {
    full: false,
    push: (chunk) => out.push(chunk),
    end() {
      world.hit(0);
      endLate();
    },
    release() {
      if (alarm.is_set) endLate();
    },
    leave() {
      if (alarm.clear()) out.end();
    },
    stop: () => void alarm.clear(),
  };
};

/**
 * Drops all data and closes the connection `timeout` ms after the toxic was added or after the last
 * data; 0 never closes. Removing the toxic closes the connection, because data is missing.
 */
const timeout: StageMaker = (out, attributes, world): Stage => {
  const alarm = new Alarm(world);
  let closed = false;
  const close = () => {
    alarm.clear();
    if (closed) return;
    closed = true;
    out.end();
  };
  const arm = () => {
    alarm.clear();
    const { timeout } = attributes();
    if (timeout === 0 || closed) return;
    alarm.set(timeout, () => {
      world.hit(0);
      close();
    });
  };
  arm();
  return {
    full: false,
    push(chunk) {
      world.hit(chunk.length);
      arm();
    },
    end: close,
    release: arm,
    leave: close,
    stop() {
      closed = true;
      alarm.clear();
    },
  };
};

/**
 * Drops the first data of a connection and sends RST to both sides `timeout` ms later; the end of a
 * connection without data likewise.
 */
const resetPeer: StageMaker = (_out, attributes, world): Stage => {
  const alarm = new Alarm(world);
  const arm = () =>
    alarm.set(attributes().timeout, () => {
      world.hit(0);
      world.reset();
    });
  return {
    full: false,
    push() {
      if (!alarm.is_set) arm();
    },
    end() {
      if (!alarm.is_set) arm();
    },
    release() {
      if (alarm.is_set) arm();
    },
    leave() {
      // Data is missing, so the connection cannot continue.
      if (alarm.clear()) world.reset();
    },
    stop: () => void alarm.clear(),
  };
};

/** Passes all data and counts it. */
const noop: StageMaker = (out, _attributes, world) => ({
  ...HOLDS_NOTHING,
  push(chunk) {
    world.hit(chunk.length);
    out.push(chunk);
  },
  end: () => out.end(),
});

/** The stage of each toxic, by its type. */
export const STAGES: Readonly<Record<ToxicType, StageMaker>> = {
  latency,
  bandwidth,
  slow_close: slowClose,
  timeout,
  reset_peer: resetPeer,
  slicer,
  limit_data: limitData,
  noop,
};
