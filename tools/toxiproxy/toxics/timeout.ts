/**
 * `timeout`: drops all data and closes the connection `timeout` ms after the toxic came or the last
 * data did; 0 never closes. Taking the toxic off closes the connection: what was dropped is gone.
 */
import type { Stage, StageMaker } from "./stage.ts";

export const timeout: StageMaker = (out, told, world): Stage => {
  let cancel: (() => void) | null = null;
  let closed = false;
  const disarm = () => {
    cancel?.();
    cancel = null;
  };
  const close = () => {
    disarm();
    if (closed) return;
    closed = true;
    out.end();
  };
  const arm = () => {
    disarm();
    const { timeout } = told();
    if (timeout > 0 && !closed) {
      cancel = world.after(timeout, () => {
        world.hit(0);
        close();
      });
    }
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
      disarm();
    },
  };
};
