/** `reset_peer`: the first data a connection sends is dropped, and `timeout` ms later both sides get RST. */
import type { Stage, StageMaker } from "./stage.ts";

export const resetPeer: StageMaker = (out, told, world): Stage => {
  let cancel: (() => void) | null = null;
  const disarm = () => {
    cancel?.();
    cancel = null;
  };
  const arm = () => {
    disarm();
    cancel = world.after(told().timeout, () => {
      cancel = null;
      world.hit(0);
      world.reset();
    });
  };
  return {
    full: false,
    push() {
      if (cancel === null) arm();
    },
    end() {
      if (cancel === null) out.end();
    },
    release() {
      if (cancel !== null) arm();
    },
    leave() {
      // What was dropped is gone, so the connection cannot go on as if nothing had been.
      if (cancel === null) return;
      disarm();
      world.reset();
    },
    stop: disarm,
  };
};
