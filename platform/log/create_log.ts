/** Log that writes each line at once. */
import { LOG_LEVELS } from "./level.ts";
import type { Log, LogFields, LogOptions, LogPort, LogSink } from "./log.ts";

/** Starts a log. */
export function createLog(options: LogOptions): LogSink {
  const memory = new SharedArrayBuffer(8);
  const min = LOG_LEVELS.indexOf(options.level);
  const encoder = new TextEncoder();
  const write = (level: number, ts_ms: number, event: string, fields: LogFields = {}) => {
    if (level < min) return;
    const head = { ts: new Date(ts_ms), level: LOG_LEVELS[level], service: options.service, event };
    Deno.stdout.writeSync(encoder.encode(JSON.stringify({ ...head, ...fields }) + "\n"));
  };
  return {
    access_on: min <= 1,
    lines_dropped: 0,
    debug: (event, fields) => write(0, Date.now(), event, fields),
    info: (event, fields) => write(1, Date.now(), event, fields),
    warn: (event, fields) => write(2, Date.now(), event, fields),
    error: (event, fields) => write(3, Date.now(), event, fields),
    access(ts_ms, endpoint, status, latency_ms, age_ms, bytes_sent) {
      const given = (value: number) => Number.isNaN(value) ? undefined : value;
      write(1, ts_ms, "http.access", {
        endpoint: options.endpoints[endpoint],
        status,
        latency_ms: given(latency_ms),
        age_ms: given(age_ms),
        bytes_sent: given(bytes_sent),
      });
    },
    share: () => ({ level: options.level, memory, ring: 0 }),
    close: () => Promise.resolve(),
  };
}

/** The log of another thread. */
export function attachLog(port: LogPort): Log {
  return createLog({ service: "", level: port.level, endpoints: [] });
}
