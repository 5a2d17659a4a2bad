/** `slow_close`: data passes, the end of it comes `delay` ms later. */
import type { Stage, StageMaker } from "./stage.ts";

export const slowClose: StageMaker = (out, told, world): Stage => {
  let cancel: (() => void) | null = null;
  const endNow = () => {
    if (cancel === null) return;
    cancel();
    cancel = null;
    out.end();
  };
  return {
    full: false,
    push: (chunk) => out.push(chunk),
    end() {
      world.hit(0);
      cancel = world.after(told().delay, endNow);
    },
    release: endNow,
    leave: endNow,
    stop() {
      cancel?.();
      cancel = null;
    },
  };
};
