/** What puts load on a server: our own client, or wrk. */
import type { LoadOrder } from "./load_order.ts";

/** What a figure needs of one run. */
export interface Measured {
  rate_per_s: number;
  responses: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  max_ms: number;
  /** Exchanges without a whole answer, answers of another status than expected, dropped starts. */
  bad: number;
  /** What they were, for people: empty where there are none. */
  bad_detail: string;
  /** How late the client itself sent, 99th percentile; null in a closed loop. */
  lag_p99_ms: number | null;
  /** What the answers told of the age of their data, where the engine looks at it. */
  ages?: AgesTold;
}

/** Ages as answers tell them, in milliseconds. */
export interface AgesTold {
  p95_ms: number;
  max_ms: number;
}

/** A load engine; it takes one order at a time. */
export interface Engine {
  /** For the report: which program, which settings. */
  readonly name: string;
  run(order: LoadOrder): Promise<Measured>;
}

/** One that runs from order to order, until it is disposed of. */
export interface RunningEngine extends Engine, AsyncDisposable {}
