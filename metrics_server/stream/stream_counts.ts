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

  cell(cell: number): number {
    return this.cells[cell];
  }
}

/** Families of `/metrics`, summed over all threads. Pure. */
export function streamFamilies(prefix: string, threads: readonly StreamCounts[]): Family[] {
  const sum = (cell: number) => threads.reduce((total, thread) => total + thread.cell(cell), 0);
  const byTransport = (of: (base: number) => number): Sample[] =>
    STREAM_TRANSPORTS.map((transport) => ({ labels: { transport }, value: of(base(transport)) }));
  return [
    {
      name: `${prefix}_streams_open`,
      type: "gauge",
      help: "Streams that are open.",
      samples: byTransport((at) => sum(at + OPENED) - sum(at + GONE)),
    },
    {
      name: `${prefix}_streams_opened`,
      type: "counter",
      help: "Streams that were opened.",
      samples: byTransport((at) => sum(at + OPENED)),
    },
    {
      name: `${prefix}_stream_events_sent`,
      type: "counter",
      help: "Events sent, counted once per reader.",
      samples: byTransport((at) => sum(at + EVENTS)),
    },
    {
      name: `${prefix}_stream_sent_bytes`,
      type: "counter",
      help: "Bytes of events and heartbeats sent.",
      samples: byTransport((at) => sum(at + BYTES)),
    },
    {
      name: `${prefix}_stream_readers_dropped`,
      type: "counter",
      help: "Readers that were dropped, by reason.",
      samples: DROP_REASONS.map((reason, i) => ({ labels: { reason }, value: sum(DROPS + i) })),
    },
  ];
}

function base(transport: StreamTransport): number {
  return STREAM_TRANSPORTS.indexOf(transport) * TRANSPORT_CELLS;
}
