/** One serving thread: store, handler and HTTP server. The main thread is one, too. */
import {
  allowedHosts,
  AnswerCut,
  denoTracing,
  type Durations,
  type HttpServer,
  type Log,
  processFigures,
  serveHttp,
  systemClock,
  traceRequests,
} from "../platform/mod.ts";
import { type ClientAccess, Cors, Tokens } from "./access/mod.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import { fabricLink, FabricMetrics } from "./fabric/mod.ts";
import { createOpenApi, QUERY_PARAMETERS } from "./openapi/mod.ts";
import {
  answerTrace,
  createHandler,
  createHealthHandler,
  METRICS_PREFIX,
  metricsFamilies,
  OTHER,
  type ServeLimits,
  statsAnswer,
} from "./serve/mod.ts";
import type { Store } from "./store.ts";
import type { ThreadFigures } from "./thread_figures.ts";
import { streamFamilies, Streams, type Upgrade } from "./stream/mod.ts";

export interface ServingSettings {
  readonly hostname: string;
  readonly port: number;
  readonly reuse_port: boolean;
  readonly thread: number;
  readonly limits: ServeLimits;
  readonly loop_probe_ms: number;
  /** See `accessEvery`. */
  readonly access_every: number | null;
  /** ALLOWED_HOSTS. */
  readonly allowed_hosts: string;
  readonly access: ClientAccess;
  /** AUTH_METRICS. */
  readonly needs_token_for_metrics: boolean;
  /** CORS_ORIGINS. */
  readonly cors_origins: string;
  /** PROMETHEUS_URL. */
  readonly prometheus_url: string;
  /** STREAM_WEBSOCKET. */
  readonly has_websockets: boolean;
  readonly started_epoch_ms: number;
}

interface ServingOptions extends ServingSettings {
  readonly store: Store;
  readonly log: Log;
  readonly requestItems: (source: number, gzip: boolean) => void;
  readonly figures: readonly ThreadFigures[];
  readonly polls: Durations;
  /** The way to the thread that renders `/metrics/fabric`; null if that is off. */
  readonly fabric: MessagePort | null;
  /** HEALTH_PORT, for one of the threads. */
  readonly health_port?: number;
}

/** Descriptors kept for the connections of HEALTH_PORT while clients have taken all others. */
const HEALTH_DESCRIPTORS = 8;

export interface Serving {
  readonly server: HttpServer;
  /** Other tokens count from now on, and new connections see another certificate. */
  replaceAccess(access: ClientAccess): void;
  /** Waits at most `timeout_ms` for answers in progress; resolves with whether all finished. */
  stop(timeout_ms: number): Promise<boolean>;
}

/** Starts serving. Throws `ConfigError` if the port is taken. */
export function startServing(options: ServingOptions): Serving {
  const { store, limits, log, figures } = options;
  const own = figures[options.thread];
  let stopping = false;
  let answers_cut = 0;
  const onError = (error: unknown) => {
    if (error instanceof AnswerCut) return log.warn("http.cut", { reason: error.message });
    own.requests.recordUntimed(OTHER, 500);
    log.error("http.error", { detail: error instanceof Error ? error.stack : String(error) });
  };
  const streams = new Streams(
    store,
    limits,
    options.has_websockets ? upgrade : null,
    onError,
    own.streams,
  );
  const blocks = () => figures.map(({ loop }) => loop.block_max_ms);
  const dashboard = createDashboard(options.prometheus_url);
  const openApi = createOpenApi();
  const onCut = () => answers_cut++;
  const render = options.fabric && fabricLink(options.fabric);
  const fabric = new FabricMetrics(store, limits, render, systemClock.epoch_ms, onCut);
  const { access } = options;
  const tokens = access.tokens === null ? null : new Tokens(access.tokens);
  const handler = createHandler({
    store,
    limits,
    guard: {
      tokens,
      cors: options.cors_origins === "" ? null : new Cors(options.cors_origins),
      needs_token_for_metrics: options.needs_token_for_metrics,
    },
    allowsHost: allowedHosts(options.allowed_hosts),
    parameters: QUERY_PARAMETERS,
    latency: own.latency,
    requests: own.requests,
    log,
    access_every: options.access_every,
    clock: systemClock,
    requestItems: options.requestItems,
    stopping: () => stopping,
    stream: (request, query) => streams.answer(request, query),
    page: (request, path) => dashboard(request, path) ?? openApi(request, path),
    fabricMetrics: (request, query, now_ms) => fabric.answer(request, query, now_ms),
    onCut,
    stats: (now_ms) =>
      statsAnswer({
        store,
        limits,
        latency: figures.map(({ latency }) => latency),
        now_ms,
        uptime_ms: now_ms - options.started_epoch_ms,
        lines_dropped: log.lines_dropped,
        block_max_ms: Math.max(...blocks()),
      }),
    families: (now_ms) => {
      own.heap.measure();
      const families = metricsFamilies({
        store,
        requests: figures.map(({ requests }) => requests),
        polls: options.polls,
        now_ms,
        limits,
        figures: processFigures({
          started_epoch_ms: options.started_epoch_ms,
          lines_dropped: log.lines_dropped,
          heaps: figures.map(({ heap }) => heap),
          block_max_ms: blocks(),
        }),
      });
      return [
        ...families,
        ...streamFamilies(METRICS_PREFIX, figures.map(({ streams }) => streams)),
      ];
    },
  });
  const tracing = denoTracing("metrics_server");
  const { hostname, port, reuse_port } = options;
  const server = serveHttp({
    hostname,
    port,
    variable: "PORT",
    reuse_port,
    tls: access.tls,
    descriptors_reserved: options.health_port === undefined ? 0 : HEALTH_DESCRIPTORS,
    handler: tracing === null ? handler : traceRequests(tracing, handler, answerTrace),
    onError,
  });
  const health = options.health_port === undefined ? null : serveHttp({
    hostname,
    port: options.health_port,
    variable: "HEALTH_PORT",
    handler: createHealthHandler(store, limits, systemClock.epoch_ms, () => stopping),
    onError,
  });
  const stopHeapProbe = own.heap.run();
  const stopProbe = own.loop.run(options.loop_probe_ms, systemClock.monotonic_ms);
  return {
    server,
    replaceAccess({ tokens: sums, tls }) {
      if (sums !== null) tokens?.replace(sums);
      if (tls !== null) server.renew(tls);
    },
    async stop(timeout_ms) {
      stopping = true;
      stopProbe();
      stopHeapProbe();
      streams.hub.stop();
      const cut_before = answers_cut;
      const drained = await server.shutdown(timeout_ms);
      await health?.shutdown(timeout_ms);
      options.fabric?.close();
      return drained && answers_cut === cut_before;
    },
  };
}

/** Upgrades to a WebSocket; Deno pings it and closes it if unresponsive. */
const upgrade: Upgrade = (request, onOpen) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onopen = () => onOpen(socket);
  return response;
};
