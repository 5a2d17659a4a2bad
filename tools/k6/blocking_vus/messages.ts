/**
 * Messages between the main thread and the thread of a VU.
 *
 * ```
 * main thread                                   VU's thread
 *   start, data, iterate, call ── postMessage ─▶  runs the script
 *   carries its requests       ◀─ postMessage ──  exchange, samples, log, iterated, called
 *   put(response)              ── Mailbox ─────▶  take() or sleep(), blocked in Atomics.wait
 * ```
 */
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import type { MetricKind, Tags } from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import type { ModuleGraph } from "../script/module_graph.ts";
import type { Phase } from "../script/vu.ts";
import type { InstanceFigures, LogLevel, ScenarioFigures } from "../script/vu_world.ts";

/** Most VUs of a script that blocks: each is a thread with about 8 MB. */
export const THREAD_VUS_MAX = 200;
/** Time a thread may take to load the script, in milliseconds. */
export const LOAD_TIMEOUT_MS = 60_000;

export interface ThreadStart {
  readonly kind: "start";
  readonly id: number;
  readonly graph: ModuleGraph;
  readonly options: RunOptions;
  readonly env: Record<string, string>;
  readonly mailbox: SharedArrayBuffer;
  /** Unix time at 0 on the run's clock. */
  readonly epoch_origin_ms: number;
}

export type ToThread =
  | ThreadStart
  | { readonly kind: "data"; readonly json: string | undefined }
  | {
    readonly kind: "iterate";
    /** Numbers the iterations and calls of a thread, from 1. */
    readonly run: number;
    readonly scenario: string;
    readonly in_scenario: number;
  }
  | {
    readonly kind: "call";
    readonly run: number;
    readonly name: string;
    readonly phase: Phase;
    readonly argument: unknown;
  }
  | { readonly kind: "exchanged"; readonly id: number; readonly exchange: Exchange }
  | { readonly kind: "interrupt" };

/** Samples since the last batch, with the metrics and tags that are new among them. */
export interface SampleBatch {
  readonly metrics:
    readonly (readonly [id: number, name: string, kind: MetricKind, is_time: boolean])[];
  readonly tags: readonly (readonly [id: number, tags: Tags])[];
  /** Metric, tags, value and time of each sample, in a row. */
  readonly samples: Float64Array;
  readonly checks: readonly (readonly [
    group_path: string,
    name: string,
    passes: number,
    fails: number,
  ])[];
}

/** A question that the thread blocks on. */
export type Question =
  | { readonly about: "instance" }
  | { readonly about: "scenario"; readonly name: string };

export type Reply = InstanceFigures | ScenarioFigures;

export type FromThread =
  | { readonly kind: "loaded" }
  | { readonly kind: "not_loaded"; readonly message: string }
  | {
    readonly kind: "iterated";
    readonly run: number;
    readonly is_complete: boolean;
    /** Null if there are no samples. */
    readonly batch: SampleBatch | null;
  }
  | { readonly kind: "called"; readonly run: number; readonly value: unknown }
  | {
    readonly kind: "call_failed";
    readonly run: number;
    readonly message: string;
    readonly is_abort: boolean;
  }
  | { readonly kind: "exchange"; readonly id: number; readonly request: ExchangeRequest }
  | {
    readonly kind: "exchange_blocking";
    readonly call: number;
    readonly requests: readonly ExchangeRequest[];
  }
  | { readonly kind: "ask"; readonly call: number; readonly question: Question }
  | { readonly kind: "samples"; readonly batch: SampleBatch }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly message: string;
    readonly is_printed: boolean;
  }
  | { readonly kind: "abort"; readonly message: string }
  | { readonly kind: "fail"; readonly message: string }
  | { readonly kind: "refuse"; readonly message: string }
  | { readonly kind: "thrown" }
  | { readonly kind: "unsent" };
