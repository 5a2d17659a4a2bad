/** What every service tells of itself. Pure. */
import type { Family, Sample } from "./exposition.ts";
import type { HeapFigures } from "./heap_probe.ts";

/** Figures of a process. */
export interface ProcessFigures {
  readonly started_epoch_ms: number;
  readonly resident_bytes: number;
  readonly lines_dropped: number;
  /** Of each thread that serves. */
  readonly heaps: readonly HeapFigures[];
  /** Longest block of each thread's event loop over the last half to whole minute. */
  readonly block_max_ms: readonly number[];
  /** Version of Deno. */
  readonly deno: string;
}

const HEAP_METRICS = [
  {
    name: "heap_used_bytes",
    help: "V8's heap in use, garbage not yet collected included, by serving thread.",
    of: ({ used_bytes }: HeapFigures) => used_bytes,
  },
  {
    name: "heap_size_bytes",
    help: "V8's heap, used and free, by serving thread.",
    of: ({ size_bytes }: HeapFigures) => size_bytes,
  },
  {
    name: "heap_external_bytes",
    help: "Buffers outside of V8's heap that belong to its objects, by serving thread.",
    of: ({ external_bytes }: HeapFigures) => external_bytes,
  },
] as const;

/** Build, start, memory, event loops and log. `prefix` begins the names of the service's own. */
export function processFamilies(prefix: string, figures: ProcessFigures): Family[] {
  const gauge = (name: string, help: string, samples: Sample[]): Family => ({
    name,
    type: "gauge",
    help,
    samples,
  });
  return [
    gauge(`${prefix}_build_info`, "What runs; always 1.", [
      { labels: { deno: figures.deno }, value: 1 },
    ]),
    gauge("process_start_time_seconds", "Start of the process, seconds since 1970.", [
      { labels: {}, value: figures.started_epoch_ms / 1000 },
    ]),
    gauge("process_resident_memory_bytes", "Memory that the process holds.", [
      { labels: {}, value: figures.resident_bytes },
    ]),
    ...HEAP_METRICS.map(({ name, help, of }) =>
      gauge(
        `${prefix}_${name}`,
        help,
        figures.heaps.map((heap, thread) => ({
          labels: { thread: String(thread) },
          value: of(heap),
        })),
      )
    ),
    gauge(
      `${prefix}_event_loop_block_max_seconds`,
      "Longest time a thread's event loop was late over the last half to whole minute.",
      figures.block_max_ms.map((block_ms, thread) => ({
        labels: { thread: String(thread) },
        value: block_ms / 1000,
      })),
    ),
    {
      name: `${prefix}_log_lines_dropped`,
      type: "counter",
      help: "Log lines lost because stdout was read too slowly.",
      samples: [{ labels: {}, value: figures.lines_dropped }],
    },
  ];
}
