/** Metrics of the process itself: build, start, memory, event loops, log. */
import { VERSION } from "../../contracts/mod.ts";
import type { Family, Sample } from "./exposition.ts";
import { type SharedCells, sharedCells } from "./shared_cells.ts";

interface HeapFigures {
  /** Live objects, and garbage not yet collected. */
  readonly used_bytes: number;
  /** Memory V8 holds for them. */
  readonly size_bytes: number;
  /** Buffers outside of the heap that belong to its objects. */
  readonly external_bytes: number;
}

/** How often a thread measures its heap between scrapes. */
const MEASURE_EVERY_MS = 5_000;

/** One thread's heap as last measured. V8 reports a heap only to the thread that owns it. */
export class HeapProbe implements HeapFigures {
  /** @param cells Cells of the thread that owns the heap; new ones by default. */
  constructor(readonly cells: SharedCells = sharedCells(3)) {}

  get used_bytes(): number {
    return this.cells[0];
  }

  get size_bytes(): number {
    return this.cells[1];
  }

  get external_bytes(): number {
    return this.cells[2];
  }

  /** Measures now; call it on the thread that owns the heap. */
  measure(): void {
    const { heapUsed, heapTotal, external } = Deno.memoryUsage();
    this.cells.set([heapUsed, heapTotal, external]);
  }

  /** Measures now and every few seconds; the returned function stops it. */
  run(): () => void {
    this.measure();
    const timer = setInterval(() => this.measure(), MEASURE_EVERY_MS);
    return () => clearInterval(timer);
  }
}

export interface ProcessFigures {
  readonly started_epoch_ms: number;
  readonly resident_bytes: number;
  readonly lines_dropped: number;
  readonly heaps: readonly HeapFigures[];
  /** Longest block of each thread's event loop over the last 30–60 s. */
  readonly block_max_ms: readonly number[];
  readonly deno: string;
}

/** Adds the runtime's current figures to those the service knows. */
export function processFigures(
  known: Omit<ProcessFigures, "resident_bytes" | "deno">,
): ProcessFigures {
  return { ...known, resident_bytes: Deno.memoryUsage().rss, deno: Deno.version.deno };
}

const HEAP_METRICS = [
  ["used_bytes", "V8's heap in use, garbage not yet collected included, by serving thread."],
  ["size_bytes", "V8's heap, used and free, by serving thread."],
  ["external_bytes", "Buffers outside of V8's heap that belong to its objects, by serving thread."],
] as const;

/** Families of the process. `prefix` begins the names of the service's own metrics. */
export function processFamilies(prefix: string, figures: ProcessFigures): Family[] {
  const gauge = (name: string, help: string, samples: Sample[]): Family => ({
    name,
    type: "gauge",
    help,
    samples,
  });
  const byThread = (values: readonly number[]): Sample[] =>
    values.map((value, thread) => ({ labels: { thread: String(thread) }, value }));
  return [
    gauge(`${prefix}_build_info`, "What runs; always 1.", [
      { labels: { version: VERSION, deno: figures.deno }, value: 1 },
    ]),
    gauge("process_start_time_seconds", "Start of the process, seconds since 1970.", [
      { labels: {}, value: figures.started_epoch_ms / 1000 },
    ]),
    gauge("process_resident_memory_bytes", "Memory that the process holds.", [
      { labels: {}, value: figures.resident_bytes },
    ]),
    ...HEAP_METRICS.map(([name, help]) =>
      gauge(`${prefix}_heap_${name}`, help, byThread(figures.heaps.map((heap) => heap[name])))
    ),
    gauge(
      `${prefix}_event_loop_block_max_seconds`,
      "Longest time a thread's event loop was late in the last 30–60 s.",
      byThread(figures.block_max_ms.map((block_ms) => block_ms / 1000)),
    ),
    {
      name: `${prefix}_log_lines_dropped`,
      type: "counter",
      help: "Log lines lost because stdout was read too slowly.",
      samples: [{ labels: {}, value: figures.lines_dropped }],
    },
  ];
}
