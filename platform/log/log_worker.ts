/**
 * The log worker: drains the rings to stdout. It may block on stdout as long as the reader stalls,
 * because no other code runs on this thread. It imports only this folder, so that `--allow-read`
 * for the folder is enough.
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { Drain } from "./drain.ts";
import { FileWriter } from "./file_writer.ts";
import { LOG_NAP_MS, LOG_SLEEP_MS_MAX } from "./limits.ts";
import { CONTROL, LogMemory, STATE } from "./shared_memory.ts";

/** The only message to the worker. It replies `ready`, and `closed` when it ends. */
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
  const stdout = new FileWriter({
    writeSync: (bytes) => Deno.stdout.writeSync(bytes),
    pause: nap,
    isAbandoned: () => state() === STATE.ABANDON,
  });
  const drain = new Drain({
    memory,
    service,
    endpoints,
    write: (bytes) => stdout.writeAll(bytes),
    epoch_ms: () => Date.now(),
  });

  while (state() === STATE.RUN) {
    const more = drain.step();
    if (!more) nap();
    if (drain.isIdle()) sleepUntilWoken(memory, drain);
  }
  drain.finish(() => state() === STATE.CLOSE);
}

/** Checks again between announcing the sleep and sleeping, so that no line is missed. */
function sleepUntilWoken({ control }: LogMemory, drain: Drain): void {
  Atomics.store(control, CONTROL.SLEEPING, 1);
  const state = Atomics.load(control, CONTROL.STATE);
  if (state === STATE.RUN && drain.isIdle()) {
    Atomics.wait(control, CONTROL.SLEEPING, 1, LOG_SLEEP_MS_MAX);
  }
  Atomics.store(control, CONTROL.SLEEPING, 0);
}
