/** Keeps a share of a core busy and reports the number of slices. */

/** Length of a slice, in milliseconds: short compared with a service's response time. */
const SLICE_MS = 10;
/** Slices between two reports. */
const REPORT_EVERY = 10;

const never = new Int32Array(new SharedArrayBuffer(4));

self.onmessage = ({ data: { share, life_ms } }: MessageEvent) => {
  const end_ms = performance.now() + life_ms;
  for (let slices = 1;; slices++) {
    const started_ms = performance.now();
    if (started_ms > end_ms) return self.close();
    while (performance.now() - started_ms < SLICE_MS * share);
    if (slices === 1 || slices % REPORT_EVERY === 0) postMessage(slices === 1 ? 1 : REPORT_EVERY);
    if (share < 1) Atomics.wait(never, 0, 0, SLICE_MS * (1 - share));
  }
};

declare const self: {
  onmessage: (event: MessageEvent) => void;
  close(): void;
};
declare function postMessage(message: unknown): void;
