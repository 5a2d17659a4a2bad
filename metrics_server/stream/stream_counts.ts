/** Counters of streams, in memory that any thread may read. */
import { type Family, type Sample, type SharedCells, sharedCells } from "../../platform/mod.ts";

const STREAM_TRANSPORTS = ["sse", "websocket"] as const;
export type StreamTransport = typeof STREAM_TRANSPORTS[number];

const DROP_REASONS = ["slow_reader", "too_wide"] as const;
export type DropReason = typeof DROP_REASONS[number];

/** Cells of each transport, then one per reason. */
const OPENED = 0;
const GONE = 1;
const EVENTS = 2;
const BYTES = 3;
const TRANSPORT_CELLS = 4;
const DROPS = STREAM_TRANSPORTS.length * TRANSPORT_CELLS;
const CELLS = DROPS + DROP_REASONS.length;

/** One thread's counters: exactly one thread writes them, any thread reads them. */
export class StreamCounts {
  /** @param cells Cells of the thread that counts; new ones by default. */
  constructor(readonly cells: SharedCells = sharedCells(CELLS)) {}

  opened(transport: StreamTransport): void {
    this.cells[base(transport) + OPENED]++;
  }

  gone(transport: StreamTransport): void {
    this.cells[base(transport) + GONE]++;
  }

  /** @param events 0 for a heartbeat. */
  sent(transport: StreamTransport, bytes: number, events: number): void {
    this.cells[base(transport) + EVENTS] += events;
    this.cells[base(transport) + BYTES] += bytes;
  }

  dropped(reason: DropReason): void {
    this.cells[DROPS + DROP_REASONS.indexOf(reason)]++;
  }
}

/** Families of `/metrics`, summed over all threads. Pure. */
export function streamFamilies(prefix: string, threads: readonly StreamCounts[]): Family[] {
  const sum = (cell: number) => threads.reduce((total, { cells }) => total + cells[cell], 0);
  const family = (type: "counter" | "gauge", name: string, help: string, samples: Sample[]) =>
    ({ name: `${prefix}_${name}`, type, help, samples }) as const;
  const byTransport = (of: (base: number) => number): Sample[] =>
    STREAM_TRANSPORTS.map((transport) => ({ labels: { transport }, value: of(base(transport)) }));
  const counter = (name: string, help: string, cell: number) =>
    family("counter", name, help, byTransport((at) => sum(at + cell)));
  const open = byTransport((at) => sum(at + OPENED) - sum(at + GONE));
  const dropped = DROP_REASONS.map((reason, i) => ({ labels: { reason }, value: sum(DROPS + i) }));
  return [
    family("gauge", "streams_open", "Streams that are open.", open),
    counter("streams_opened", "Streams that were opened.", OPENED),
    counter("stream_events_sent", "Events sent, counted once per reader.", EVENTS),
    counter("stream_sent_bytes", "Bytes of events and heartbeats sent.", BYTES),
    family("counter", "stream_readers_dropped", "Readers that were dropped, by reason.", dropped),
  ];
}

function base(transport: StreamTransport): number {
  return STREAM_TRANSPORTS.indexOf(transport) * TRANSPORT_CELLS;
}
