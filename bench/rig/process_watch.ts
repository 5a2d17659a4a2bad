/** What a metrics_server keeps while it works: memory, sockets and threads, sampled from /proc. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson } from "../../tools/http/mod.ts";
import { countSockets, pause, readMemory } from "../../tools/verdict/mod.ts";
import type { DenoProcess } from "./services.ts";

const LOOK_EVERY_MS = 250;
/** Samples kept: every second one is dropped beyond this, so a long run keeps its whole length. */
const SAMPLES_MAX = 20_000;
/** State of an open connection in /proc/net/tcp. */
const ESTABLISHED = "01";

/** A process at one instant, and the work it has done until then. */
export interface ProcessSample {
  t_ms: number;
  rss_mb: number;
  /** Open sockets, not counting connected clients. */
  sockets: number;
  threads: number;
  polls: number;
  requests: number;
  /** Longest event-loop block that the server remembers. */
  block_ms: number;
}

export interface ProcessWatch extends AsyncDisposable {
  readonly samples: readonly ProcessSample[];
}

/** Samples a metrics_server until it is disposed of. A failed or torn reading is left out. */
export function watchProcess(server: DenoProcess, look_every_ms = LOOK_EVERY_MS): ProcessWatch {
  let samples: ProcessSample[] = [];
  const stop = new AbortController();
  async function look(): Promise<void> {
    while (!stop.signal.aborted) {
      const sample = await sampleProcess(server).catch(() => null);
      if (sample !== null) samples.push(sample);
      if (samples.length >= SAMPLES_MAX) samples = samples.filter((_, i) => i % 2 === 0);
      await pause(look_every_ms, stop.signal);
    }
  }
  const looking = look();
  return {
    get samples() {
      return samples;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}

/** A sample; null if clients came or left while it was taken. */
async function sampleProcess({ pid, port, host }: DenoProcess): Promise<ProcessSample | null> {
  const { poller, endpoints, event_loop } = await fetchJson<StatsAnswer>(host, "/stats");
  const clients = () => connectedTo(port, Deno.readTextFileSync(`/proc/${pid}/net/tcp`));
  const connected = clients(), sockets = countSockets(pid);
  if (sockets === null || clients() !== connected) return null;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    t_ms: performance.now(),
    rss_mb: readMemory(pid).rss_bytes / 1e6,
    sockets: sockets - connected,
    threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? NaN),
    polls: poller.polls,
    requests: Object.values(endpoints).reduce((total, { count }) => total + count, 0),
    block_ms: event_loop.block_max_ms,
  };
}

/** Connections of clients to a local port, from the text of `/proc/net/tcp`. */
export function connectedTo(port: number, tcp: string): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tcp.split("\n").filter((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === ESTABLISHED && local.endsWith(suffix);
  }).length;
}
