/** `GET /telemetry/stream`: changes as they happen, by server-sent events or a WebSocket. */
import { HEADER_SNAPSHOT_TS } from "../../contracts/mod.ts";
import { type Clock, systemClock } from "../../platform/mod.ts";
import {
  absentSwitch,
  ageOf,
  badListParameter,
  badParameter,
  badUpgrade,
  columnsOf,
  foreignOrigin,
  lacks,
  listOf,
  noSnapshot,
  Query,
  readIds,
  type ServeLimits,
  snapshotTs,
  streamTooWide,
  tooManyStreams,
  tooStale,
  unknownField,
  unknownId,
  websocketOff,
} from "../serve/mod.ts";
import type { Store } from "../store.ts";
import { type OnError, STREAM_LIMITS, StreamHub } from "./hub.ts";
import { STREAM_SOCKETS_MAX, STREAMS_MAX } from "./limits.ts";
import {
  type OnSent,
  OpenSockets,
  type Socket,
  SocketReader,
  SseReader,
  type StreamReader,
} from "./readers.ts";
import type { StreamFilter } from "./selection.ts";
import { StreamCounts, type StreamTransport } from "./stream_counts.ts";

export const STREAM_PARAMETERS = ["switch_id", "metric", "fields", "last_event_id"] as const;

const EXAMPLE = "/telemetry/stream?switch_id=sw-000,sw-001&metric=latency_us";

export const SSE_CONTENT_TYPE = "text/event-stream";

/** Headers of a stream that begins with data of this time. */
function sseHeaders(taken_ms: number): Record<string, string> {
  return {
    "content-type": SSE_CONTENT_TYPE,
    "cache-control": "no-store",
    [HEADER_SNAPSHOT_TS]: snapshotTs(taken_ms),
  };
}

/** Turns a request into a WebSocket; `onOpen` is called when it is open. */
export type Upgrade = (request: Request, onOpen: (socket: Socket) => void) => Response;

export class Streams {
  readonly hub: StreamHub;
  readonly #sockets = new OpenSockets();

  /** @param upgrade Null: WebSockets are off. */
  constructor(
    readonly store: Store,
    readonly limits: Pick<ServeLimits, "max_stale_ms" | "retry_after_s" | "shard">,
    readonly upgrade: Upgrade | null,
    onError: OnError,
    readonly counts: StreamCounts = new StreamCounts(),
    readonly clock: Pick<Clock, "epoch_ms"> = systemClock,
    bounds = STREAM_LIMITS,
  ) {
    this.hub = new StreamHub(store, onError, counts, bounds);
  }

  answer(request: Request, query: string): Response {
    const parsed = this.#read(request, query);
    if (parsed instanceof Response) return parsed;
    const { filter, last_id, taken_ms } = parsed;
    const headers = sseHeaders(taken_ms);
    // A handshake is a GET (RFC 6455 §4.1): HEAD may ignore Upgrade (RFC 9110 §7.8).
    if (request.method === "HEAD") return new Response(null, { headers });
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      return this.#openSocket(request, filter, last_id);
    }
    const reader: SseReader = new SseReader(() => this.hub.remove(reader), this.#onSent("sse"));
    this.hub.add(reader, filter, last_id);
    return new Response(reader.body, { headers });
  }

  #openSocket(request: Request, filter: StreamFilter, last_id: string | null): Response {
    if (this.upgrade === null) return websocketOff();
    if (this.#sockets.size >= STREAM_SOCKETS_MAX) {
      return tooManyStreams(`${STREAM_SOCKETS_MAX} WebSockets are open`);
    }
    const origin = request.headers.get("origin");
    const host = request.headers.get("host");
    if (origin !== null && !isOfHost(origin, host)) return foreignOrigin(origin, host);
    try {
      return this.upgrade(request, (socket) => {
        const reader: StreamReader = new SocketReader(
          socket,
          () => this.hub.remove(reader),
          this.#onSent("websocket"),
          this.#sockets,
        );
        this.hub.add(reader, filter, last_id);
      });
    } catch (error) {
      return badUpgrade(error instanceof Error ? error.message : String(error));
    }
  }

  #onSent(transport: StreamTransport): OnSent {
    return (bytes, events) => this.counts.sent(transport, bytes, events);
  }

  #read(
    request: Request,
    text: string,
  ): { filter: StreamFilter; last_id: string | null; taken_ms: number } | Response {
    const query = new Query(text);
    const values = {} as Record<typeof STREAM_PARAMETERS[number], string | null>;
    for (const name of STREAM_PARAMETERS) {
      const value = query.optional(name);
      if (typeof value === "object" && value !== null) return badParameter(value, EXAMPLE);
      values[name] = value;
    }
    const ids = readIds(query);
    if (ids instanceof Response) return ids;
    const metrics = readMetrics(query, values);
    if (metrics instanceof Response) return metrics;
    const filter = { ids, metrics };
    const last_id = request.headers.get("last-event-id") ?? values.last_event_id;
    const taken_ms = this.#refuse(filter);
    return taken_ms instanceof Response ? taken_ms : { filter, last_id, taken_ms };
  }

  /** The refusal of a stream, or the time of its data. */
  #refuse(filter: StreamFilter): Response | number {
    const { store, hub, limits: { max_stale_ms, retry_after_s } } = this;
    const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
    const missing = store.missing();
    if (snapshots.length === 0) return noSnapshot(missing, retry_after_s);
    const switch_id = unknownId(snapshots, filter.ids?.exact ?? []);
    if (switch_id !== undefined) return absentSwitch(switch_id, missing, this.limits);
    const field = filter.metrics?.find((metric) => lacks(snapshots, metric));
    if (field !== undefined) {
      return unknownField(
        field,
        columnsOf(snapshots).map(({ name }) => name),
      );
    }
    const { bytes, taken_ms } = hub.costOf(filter);
    const age_ms = ageOf(taken_ms, this.clock.epoch_ms());
    if (age_ms > max_stale_ms) return tooStale(age_ms, max_stale_ms, "MAX_STALE_MS", retry_after_s);
    if (hub.readers >= STREAMS_MAX) return tooManyStreams(`${STREAMS_MAX} streams are open`);
    const { all_bytes_max } = hub.limits;
    if (bytes > all_bytes_max) return streamTooWide(bytes, all_bytes_max);
    if (bytes > 0 && hub.bytes + bytes > all_bytes_max) {
      return tooManyStreams(
        `Open streams have about ${hub.bytes} bytes, and this one ${bytes}: over ${all_bytes_max}`,
      );
    }
    return taken_ms;
  }
}

/**
 * Whether a page's origin is the requested host. Browsers let any page open a WebSocket to any host
 * and leave the check to the server (RFC 6455 §10.2). Other clients send no Origin.
 */
function isOfHost(origin: string, host: string | null): boolean {
  if (host === null || !URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  // As URLs, because only one of them may spell out the default port.
  const requested = `${protocol}//${host}`;
  return URL.canParse(requested) && new URL(requested).host === own;
}

/** Metrics from either parameter; null without both. */
function readMetrics(
  query: Query,
  { metric, fields }: Readonly<Record<"metric" | "fields", string | null>>,
): string[] | null | Response {
  if (fields === null) return listOf("metric", query);
  if (metric === null) return listOf("fields", query);
  const must = "left out if metric is given: they are two names of one parameter";
  return badListParameter("fields", fields, must);
}
