/**
 * Messages between threads. All are structured-cloneable; bytes are shared, not copied.
 *
 *     poll worker <──> main thread, which serves, too <──> further serving threads
 */
import type { EventName, StoreStats } from "../contracts/mod.ts";
import type { LogPort, SharedCells } from "../platform/mod.ts";
import type { ClientAccess } from "./access/mod.ts";
import type { FabricSettings } from "./fabric/mod.ts";
import type {
  PollerConfig,
  PollerStats,
  PollOutcome,
  SavedSnapshot,
  SourceAccess,
} from "./poll/mod.ts";
import type { ServingSettings } from "./serving.ts";
import type { FigureCells } from "./thread_figures.ts";
import type { ItemsUpdate, SourceUpdate } from "./store.ts";

/** Main → poll worker. */
export type ToPollWorker =
  | {
    readonly kind: "start";
    readonly sources: readonly PollerConfig[];
    /** Boot part of ids for snapshots without an ETag. */
    readonly boot: string;
    /** Number of threads that release every snapshot once. */
    readonly serving_threads: number;
    /** Memory of a source's replaced snapshots at which its polls wait. */
    readonly older_bytes_max: number;
    readonly store: StoreSettings;
    readonly access: SourceAccess;
    /** What a worker before this one handed over, by source: this one goes on with it. */
    readonly held: readonly (SavedSnapshot | null)[];
  }
  | { readonly kind: "released"; readonly source: number; readonly hand_over: number }
  | { readonly kind: "request_items"; readonly source: number; readonly gzip: boolean }
  | { readonly kind: "source_access"; readonly access: SourceAccess }
  /** Ends polling and saves; items can still be requested. */
  | { readonly kind: "stop" };

export interface StoreSettings {
  /** SNAPSHOT_STORE; empty: none. */
  readonly setting: string;
  readonly save_ms: number;
  readonly lease_ms: number;
}

/** Poll worker → main. */
export type FromPollWorker =
  | {
    readonly kind: "poll";
    readonly update: SourceUpdate;
    readonly event: PollOutcome["event"];
    readonly fields: PollOutcome["fields"];
    readonly row_times: PollOutcome["row_times"];
  }
  | { readonly kind: "items"; readonly update: ItemsUpdate }
  | { readonly kind: "stats"; readonly source: number; readonly stats: PollerStats }
  | { readonly kind: "store"; readonly stats: StoreStats }
  | {
    readonly kind: "event";
    readonly level: "info" | "warn";
    readonly event: EventName;
    readonly fields: Record<string, unknown>;
  }
  /** Stored snapshots are restored, missing, or late: serving can begin. */
  | { readonly kind: "restored" }
  /** After `stop`: the last save has ended. */
  | { readonly kind: "flushed" };

/** Main → serving thread. */
export type ToServeWorker =
  | {
    readonly kind: "start";
    readonly settings: ServingSettings;
    readonly urls: readonly string[];
    readonly figures: readonly FigureCells[];
    readonly polls: SharedCells;
    readonly log: LogPort;
    /** The way to the thread that renders `/metrics/fabric`; null if that is off. */
    readonly fabric: MessagePort | null;
  }
  | DataMessage
  /** A file of clients' access has changed. */
  | { readonly kind: "access"; readonly access: ClientAccess }
  | { readonly kind: "stop"; readonly timeout_ms: number };

/** Main → the thread that renders `/metrics/fabric`. */
export type ToFabricWorker =
  | { readonly kind: "start"; readonly urls: readonly string[]; readonly settings: FabricSettings }
  /** A serving thread's end of the way. */
  | { readonly kind: "connect"; readonly port: MessagePort }
  | Extract<DataMessage, { kind: "update" }>;

/** What the poll worker reported, for each serving thread. */
export type DataMessage =
  | { readonly kind: "update"; readonly update: SourceUpdate }
  | Extract<FromPollWorker, { kind: "items" | "stats" | "store" }>;

/** Serving thread → main. */
export type FromServeWorker =
  | { readonly kind: "listening" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "request_items"; readonly source: number; readonly gzip: boolean }
  | { readonly kind: "released"; readonly source: number; readonly hand_over: number }
  | { readonly kind: "stopped"; readonly drained: boolean };

/** The thread that renders `/metrics/fabric` → main. */
export type FromFabricWorker = Extract<FromServeWorker, { kind: "released" }>;
