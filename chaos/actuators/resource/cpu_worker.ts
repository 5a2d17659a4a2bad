/** Keeps a share of a core busy and reports the number of slices. */

/** Length of a slice, in milliseconds: short compared with a service's response time. */
const SLICE_MS = 10;
/** Slices between two reports. */
const REPORT_EVERY = 10;

interface Core {
  now_ms(): number;
  /** Blocks this thread without work. */
  wait(ms: number): void;
  report(slices: number): void;
}

/** Works for `share` of each slice until `life_ms` has passed. */
export function work(
  { share, life_ms }: { share: number; life_ms: number },
  { now_ms, wait, report }: Core,
): void {
  const end_ms = now_ms() + life_ms;
  for (let slices = 1;; slices++) {
    const started_ms = now_ms();
    if (started_ms > end_ms) return;
    while (now_ms() - started_ms < SLICE_MS * share);
    if (slices === 1 || slices % REPORT_EVERY === 0) report(slices === 1 ? 1 : REPORT_EVERY);
    if (share < 1) wait(SLICE_MS * (1 - share));
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

self.onmessage = ({ data }: MessageEvent) => {
  work(data, {
    now_ms: () => performance.now(),
    wait: (ms) => void Atomics.wait(never, 0, 0, ms),
    report: postMessage,
  });
  self.close();
};

declare const self: {
  onmessage: (event: MessageEvent) => void;
  close(): void;
};
declare function postMessage(message: unknown): void;
