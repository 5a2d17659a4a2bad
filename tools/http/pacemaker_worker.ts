/// <reference lib="deno.worker" />
/** Worker of {@link ./pacemaker.ts}: ticks until cell 1 is set. */
import type { PacemakerMessage } from "./pacemaker.ts";

self.onmessage = ({ data }: MessageEvent<PacemakerMessage>) => {
  const { cells, period_ms } = data;
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  while (Atomics.load(cells, 1) === 0) {
    Atomics.wait(never, 0, 0, period_ms);
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
  }
  self.close();
};
