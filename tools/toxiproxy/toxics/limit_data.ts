/** `limit_data`: closes the connection once `bytes` have passed since the toxic came. */
import type { Stage, StageMaker } from "./stage.ts";

export const limitData: StageMaker = (out, told, world): Stage => {
  let passed_bytes = 0;
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    out.end();
  };
  return {
    full: false,
    push(chunk) {
      if (closed) return;
      const left_bytes = Math.max(0, told().bytes - passed_bytes);
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
    release() {},
    leave() {},
    stop() {
      closed = true;
    },
  };
};
