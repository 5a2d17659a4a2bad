/** The threads of metrics_server. */
import { bootId } from "../contracts/mod.ts";
import { claimPort, Durations, type LogSink, workerOptions } from "../platform/mod.ts";
import {
  fabricSettings,
  type MetricsServerConfig,
  servingSettings,
  sourceSettings,
} from "./config/mod.ts";
import type { ClientAccess } from "./access/mod.ts";
import { FabricThread } from "./fabric_thread.ts";
import type { DataMessage, FromPollWorker, ToPollWorker } from "./messages.ts";
import type { SourceAccess } from "./poll/mod.ts";
import { POLL_PHASES } from "./serve/mod.ts";
import { ServeThread } from "./serve_thread.ts";
import { type Serving, type ServingSettings, startServing } from "./serving.ts";
import { OLDER_BYTES_MAX } from "./snapshot/mod.ts";
import { type SourceUpdate, Store } from "./store.ts";
import { ThreadFigures } from "./thread_figures.ts";
import { pollWorkerNeeds } from "./worker_needs.ts";

/** Time for answers in progress to finish when the service stops. */
export const DRAIN_MS_MAX = 1200;

const POLL_WORKER_RESTART_MS = 1000;

/** The threads of a service, with the messages between them. */
export class Threads {
  readonly #store: Store;
  readonly #figures: ThreadFigures[];
  readonly #polls: Durations;
  /** Serving threads beside this one. */
  readonly #threads: ServeThread[] = [];
  readonly lost = Promise.withResolvers<void>();
  #serving!: Serving;
  /** Renders /metrics/fabric; null if that is off. */
  #fabric: FabricThread | null = null;
  #poll_worker: Worker | null = null;
  #restart: ReturnType<typeof setTimeout> | undefined;
  /** Messages that a serving thread must receive when it starts; null once all have started. */
  #missed: DataMessage[] | null = [];
  readonly #restored = Promise.withResolvers<void>();
  /** Resolves once the poll worker has saved its snapshots after a stop, or has crashed. */
  #flushed = Promise.withResolvers<void>();

  constructor(
    readonly config: MetricsServerConfig,
    readonly log: LogSink,
    readonly started_epoch_ms: number,
    /** What the files of access say now. */
    readonly access: { readonly clients: ClientAccess; readonly sources: SourceAccess },
  ) {
    this.#store = new Store(
      config.UPSTREAM_URL,
      (source, hand_over) => this.#postToPollWorker({ kind: "released", source, hand_over }),
    );
    this.#figures = Array.from({ length: config.SERVE_THREADS }, () => new ThreadFigures());
    this.#polls = new Durations(config.UPSTREAM_URL.length * POLL_PHASES.length);
  }

  get server() {
    return this.#serving.server;
  }

  async start(): Promise<void> {
    const { config } = this;
    if (config.SERVE_THREADS > 1 || this.access.clients.tls !== null) {
      claimPort({ hostname: config.BIND_HOST, port: config.PORT, variable: "PORT" });
    }
    this.#startFabricThread();
    if (config.SNAPSHOT_STORE !== "") {
      this.#startPollWorker();
      await this.#restored.promise;
    }
    this.#serving = startServing({
      ...this.#settings(0, config.PORT),
      store: this.#store,
      log: this.log,
      requestItems: (source, gzip) =>
        this.#postToPollWorker({ kind: "request_items", source, gzip }),
      figures: this.#figures,
      polls: this.#polls,
      fabric: this.#fabric?.connect() ?? null,
      health_port: config.HEALTH_PORT,
    });
    for (let thread = 1; thread < config.SERVE_THREADS; thread++) {
      await this.#startServeThread(thread);
    }
    this.#missed = null;
    if (this.#poll_worker === null) this.#startPollWorker();
  }

  #settings(thread: number, port: number): ServingSettings {
    const { started_epoch_ms, access: { clients: access } } = this;
    return { ...servingSettings(this.config), port, thread, access, started_epoch_ms };
  }

  replaceClientAccess(access: ClientAccess): void {
    this.#serving.replaceAccess(access);
    for (const thread of this.#threads) thread.receive({ kind: "access", access });
  }

  replaceSourceAccess(access: SourceAccess): void {
    this.#postToPollWorker({ kind: "source_access", access });
  }

  async stop(): Promise<boolean> {
    clearTimeout(this.#restart);
    this.#postToPollWorker({ kind: "stop" });
    const drained = await Promise.all([
      this.#serving.stop(DRAIN_MS_MAX),
      ...this.#threads.map((thread) => thread.stop(DRAIN_MS_MAX)),
      this.#flush(),
    ]);
    // Last, because an answer in progress may wait for what they render.
    this.#fabric?.terminate();
    this.#poll_worker?.terminate();
    this.#poll_worker = null;
    return drained.every(Boolean);
  }

  /** Waits for the last save. True in any case: a failure is logged, not counted. */
  async #flush(): Promise<boolean> {
    const timer = setTimeout(() => this.#flushed.resolve(), DRAIN_MS_MAX);
    await this.#flushed.promise;
    clearTimeout(timer);
    return true;
  }

  #startPollWorker(): void {
    const { config } = this;
    const worker = new Worker(
      new URL("./poll_worker.ts", import.meta.url),
      workerOptions(pollWorkerNeeds(config.UPSTREAM_URL, config.SNAPSHOT_STORE)),
    );
    this.#poll_worker = worker;
    this.#flushed = Promise.withResolvers();
    worker.onmessage = ({ data }: MessageEvent<FromPollWorker>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.log.error("poll.crash", {
        detail: event.message,
        restart_in_ms: POLL_WORKER_RESTART_MS,
      });
      this.#restored.resolve();
      this.#flushed.resolve();
      this.#restart = setTimeout(() => this.#startPollWorker(), POLL_WORKER_RESTART_MS);
    };
    const sources = sourceSettings(config);
    const boot = bootId(Date.now(), crypto.getRandomValues(new Uint32Array(1))[0]);
    const serving_threads = config.SERVE_THREADS + (this.#fabric === null ? 0 : 1);
    const store = {
      setting: config.SNAPSHOT_STORE,
      save_ms: config.SNAPSHOT_SAVE_MS,
      lease_ms: config.LEASE_MS,
    };
    this.#postToPollWorker({
      kind: "start",
      sources,
      boot,
      serving_threads,
      older_bytes_max: OLDER_BYTES_MAX * config.SERVE_THREADS,
      store,
      access: this.access.sources,
      held: this.#store.saved(),
    });
  }

  #receive(message: FromPollWorker): void {
    if (message.kind === "items") {
      this.#store.updateItems(message.update);
      return this.#passOn(message);
    }
    if (message.kind === "stats") {
      this.#store.updateStats(message.source, message.stats);
      return this.#passOn(message);
    }
    if (message.kind === "store") {
      this.#store.snapshot_store = message.stats;
      return this.#passOn(message);
    }
    if (message.kind === "event") return this.log[message.level](message.event, message.fields);
    if (message.kind === "restored") return this.#restored.resolve();
    if (message.kind === "flushed") return this.#flushed.resolve();
    const { update, event, fields, row_times } = message;
    const from_ms = performance.now();
    this.#store.update(update);
    this.#passOn({ kind: "update", update });
    if (event === "poll.error") return this.log.warn(event, fields);
    if (event !== "poll.run") this.log.info(event, fields);
    else {
      const all = { ...fields, ...withSwap(fields, performance.now() - from_ms) };
      this.#recordPoll(update, all);
      this.log.info(event, all);
    }
    if (row_times === undefined) return;
    const level = "problem" in row_times && row_times.problem !== null ? "warn" : "info";
    this.log[level]("poll.row_times", row_times);
  }

  #recordPoll({ source, snapshot }: SourceUpdate, fields: Record<string, unknown>): void {
    // A poll without a new snapshot was not parsed, or only to find it unchanged.
    const phases = snapshot === null ? POLL_PHASES.slice(0, 1) : POLL_PHASES;
    phases.forEach((phase, index) =>
      this.#polls.record(source * POLL_PHASES.length + index, Number(fields[`${phase}_ms`]))
    );
  }

  #startFabricThread(): void {
    const settings = fabricSettings(this.config);
    if (settings === null) return;
    this.#fabric = new FabricThread({
      urls: this.config.UPSTREAM_URL,
      settings,
      onReleased: (message) => this.#postToPollWorker(message),
      onCrash: (detail) => this.#lose("fabric", detail),
    });
  }

  #startServeThread(number: number): Promise<void> {
    const thread = new ServeThread({
      start: {
        kind: "start",
        settings: this.#settings(number, this.server.port),
        urls: this.config.UPSTREAM_URL,
        figures: this.#figures.map(({ cells }) => cells),
        polls: this.#polls.cells,
        log: this.log.share(),
        fabric: this.#fabric?.connect() ?? null,
      },
      onMessage: (message) => this.#postToPollWorker(message),
      onCrash: (detail) => this.#lose(number, detail),
    });
    this.#threads.push(thread);
    for (const missed of this.#missed ?? []) thread.receive(missed);
    return thread.listening;
  }

  #lose(thread: number | "fabric", detail: string): void {
    this.log.error("serve.crash", { thread, detail });
    this.lost.resolve();
  }

  #postToPollWorker(message: ToPollWorker): void {
    this.#poll_worker?.postMessage(message);
  }

  /** Passes what the poll worker reported to all other threads. */
  #passOn(message: DataMessage): void {
    this.#missed?.push(message);
    for (const thread of this.#threads) thread.receive(message);
    this.#fabric?.receive(message);
  }
}

/** Adds the swap on this thread, the last step of a poll, to its times. */
function withSwap(fields: Record<string, unknown>, swap_ms: number): Record<string, number> {
  const plus = (ms: unknown) => Math.round((Number(ms) + swap_ms) * 1000) / 1000;
  return { apply_ms: plus(fields.apply_ms), cycle_ms: plus(fields.cycle_ms) };
}
