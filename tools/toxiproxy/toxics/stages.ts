/** Stage of each toxic, by its type. */
import type { ToxicType } from "./attributes.ts";
import { bandwidth } from "./bandwidth.ts";
import { latency } from "./latency.ts";
import { limitData } from "./limit_data.ts";
import { resetPeer } from "./reset_peer.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow_close.ts";
import type { StageMaker } from "./stage.ts";
import { timeout } from "./timeout.ts";

const noop: StageMaker = (out, _told, world) => ({
  full: false,
  push(chunk) {
    world.hit(chunk.length);
    out.push(chunk);
  },
  end: () => out.end(),
  release() {},
  leave() {},
  stop() {},
});

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
