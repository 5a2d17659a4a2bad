/**
 * The thread that writes the log: drains the rings to stdout until it is told to end. It imports
 * only this folder, so that `--allow-read` needs no more than that for it.
 *
 * It may block on stdout for as long as the reader likes: nothing else runs here.
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { Drain } from "./drain.ts";
import { LOG_NAP_MS, LOG_SLEEP_MS_MAX } from "./limits.ts";
import { CONTROL, LogMemory, STATE } from "./shared_memory.ts";

/** First and only message to the worker. It answers `ready`, and `closed` when it ends. */
export interface LogWorkerStart {
  memory: SharedArrayBuffer;
  service: string;
  endpoints: readonly string[];
}

self.onmessage = ({ data }: MessageEvent<LogWorkerStart>) => {
  self.postMessage("ready");
  run(data);
  self.postMessage("closed");
  self.close();
};

function run({ memory: buffer, service, endpoints }: LogWorkerStart): void {
  const memory = new LogMemory(buffer);
  const { control } = memory;
  const state = () => Atomics.load(control, CONTROL.STATE);
  const nap = () => Atomics.wait(control, CONTROL.STATE, STATE.RUN, LOG_NAP_MS);
  const write = (bytes: Uint8Array) => writeAll(bytes, () => state() === STATE.ABANDON, nap);
  const drain = new Drain({ memory, service, endpoints, write, epoch_ms: () => Date.now() });

  while (state() === STATE.RUN) {
    const more = drain.step();
    if (!more) nap();
    if (drain.isIdle()) sleepUntilWoken(memory, drain);
  }
  while (state() === STATE.CLOSE && drain.step());
  if (state() === STATE.CLOSE) drain.reportDropped(0);
}

/** Looks once more between announcing the sleep and sleeping: no line can slip in unseen. */
function sleepUntilWoken({ control }: LogMemory, drain: Drain): void {
  Atomics.store(control, CONTROL.SLEEPING, 1);
  const state = Atomics.load(control, CONTROL.STATE);
  if (state === STATE.RUN && drain.isIdle()) {
    Atomics.wait(control, CONTROL.SLEEPING, 1, LOG_SLEEP_MS_MAX);
  }
  Atomics.store(control, CONTROL.SLEEPING, 0);
}

/** Writes to stdout until all is written or it fails, for example because nobody reads it. */
function writeAll(bytes: Uint8Array, isAbandoned: () => boolean, nap: () => void): number {
  let written = 0;
  while (written < bytes.length && !isAbandoned()) {
    try {
      written += Deno.stdout.writeSync(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) break;
      nap(); // stdout was made non-blocking by whoever shares it, and its reader is slow
    }
  }
  return written;
}
