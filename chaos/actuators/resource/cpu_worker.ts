/** Keeps a share of a core busy, slice by slice, and tells how many slices so far. */

/** Length of a slice in milliseconds: short against what a service's answers may take. */
const SLICE_MS = 10;
/** Slices between two tellings. */
const TELL_EVERY = 10;

const never = new Int32Array(new SharedArrayBuffer(4));

self.onmessage = ({ data: { share, life_ms } }: MessageEvent) => {
  const end_ms = performance.now() + life_ms;
  for (let slices = 1;; slices++) {
    const started_ms = performance.now();
    if (started_ms > end_ms) return self.close();
    while (performance.now() - started_ms < SLICE_MS * share);
    if (slices === 1 || slices % TELL_EVERY === 0) postMessage(slices === 1 ? 1 : TELL_EVERY);
    if (share < 1) Atomics.wait(never, 0, 0, SLICE_MS * (1 - share));
  }
};

declare const self: {
  onmessage: (event: MessageEvent) => void;
  close(): void;
};
declare function postMessage(message: unknown): void;
