/** One serving thread's figures: that thread writes them, any thread reads them. */
import { HeapProbe, LatencyWindow, RequestDurations, type SharedCells } from "../platform/mod.ts";
import { LoopProbe } from "./loop_probe.ts";
import { ENDPOINTS, LATENCIES } from "./serve/mod.ts";
import { StreamCounts } from "./stream/mod.ts";

/** The shared memory behind {@link ThreadFigures}; a message carries it to another thread. */
export type FigureCells = Readonly<
  Record<"latency" | "requests" | "loop" | "heap" | "streams", SharedCells>
>;

/** Latency, request counts, event loop, heap and streams of one serving thread. */
export class ThreadFigures {
  readonly latency: LatencyWindow;
  readonly requests: RequestDurations;
  readonly loop: LoopProbe;
  readonly heap: HeapProbe;
  readonly streams: StreamCounts;

  /** @param cells Cells of the thread that created the figures; new ones by default. */
  constructor(cells?: FigureCells) {
    this.latency = new LatencyWindow(LATENCIES, cells?.latency);
    this.requests = new RequestDurations(ENDPOINTS.length, cells?.requests);
    this.loop = new LoopProbe(performance.now(), cells?.loop);
    this.heap = new HeapProbe(cells?.heap);
    this.streams = new StreamCounts(cells?.streams);
  }

  get cells(): FigureCells {
    return {
      latency: this.latency.cells,
      requests: this.requests.durations.cells,
      loop: this.loop.cells,
      heap: this.heap.cells,
      streams: this.streams.cells,
    };
  }
}
