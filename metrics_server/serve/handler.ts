/**
 * The handler of one serving thread.
 *
 *     request ──▶ cached GetMetric? ──▶ host, path ──▶ route ──▶ response ──▶ metrics, access log
 */
import {
  type Clock,
  type Family,
  hostOf,
  hostProblem,
  type LatencyWindow,
  type Log,
  metricsResponse,
  type RequestDurations,
  splitUrl,
} from "../../platform/mod.ts";
import type { StatsAnswer } from "../../contracts/mod.ts";
import { type Guard, guarded, type Handler } from "../access/mod.ts";
import type { Store } from "../store.ts";
import { transferOf } from "./bodies.ts";
import { AccessLog, factsOf, type Info } from "./access_log.ts";
import { ageHeaderOf, ageOf } from "./data_response.ts";
import { answerColumns } from "./columns.ts";
import {
  COLUMNS,
  ENDPOINTS,
  FABRIC_METRICS,
  firstByteOf,
  GET_METRIC,
  HEALTHZ,
  LIST_METRICS,
  METRICS,
  OTHER,
  PATHS,
  READYZ,
  STATS,
  STREAM,
} from "./endpoints.ts";
import { GetMetric, type ServeLimits } from "./get_metric.ts";
import { healthz, readyz } from "./status.ts";
import { ListMetrics } from "./list_metrics.ts";
import {
  badHost,
  foreignHost,
  queryTooLong,
  unauthorized,
  unknownParameter,
  unknownPath,
  wrongMethod,
} from "./problems.ts";
import { QUERY_CHARS_MAX, unknownName } from "./query.ts";

/** {@link splitUrl} of ListMetrics without a query. */
const LIST: [path: string, query: string] = ["/telemetry/ListMetrics", ""];

/** Logged for a long body whose reader left or was cut, as nginx does; the client got a 200. */
const CLIENT_CLOSED_REQUEST = 499;

function endpointOf({ url }: Request): number {
  return PATHS.get(splitUrl(url)[0]) ?? OTHER;
}

interface HandlerWorld {
  readonly store: Store;
  readonly limits: ServeLimits;
  /** Whether requests for this host are answered; health is, for every host. */
  allowsHost(host: string): boolean;
  /** Absent: every client may read, and pages of this origin alone. */
  readonly guard?: Pick<Guard, "tokens" | "cors"> & { readonly needs_token_for_metrics: boolean };
  /** Names of the query parameters of each endpoint that refuses others. */
  readonly parameters: ReadonlyMap<number, readonly string[]>;
  readonly latency: LatencyWindow;
  readonly requests: RequestDurations;
  readonly log: Log;
  /** One of how many successes is logged: see `accessEvery`. */
  readonly access_every: number | null;
  readonly clock: Clock;
  /** Requests the prepared items of a source, also compressed. */
  requestItems(source: number, gzip: boolean): void;
  stats(now_ms: number): StatsAnswer;
  families(now_ms: number): Family[];
  stream(request: Request, query: string): Response;
  fabricMetrics(request: Request, query: string, now_ms: number): Response | Promise<Response>;
  stopping(): boolean;
  /** Called for each response aborted after it began. */
  onCut(): void;
  /** Answers static paths (dashboard, API document); null for other paths. */
  page?(request: Request, path: string): Response | Promise<Response> | null;
}

export function createHandler(world: HandlerWorld): Handler<Deno.ServeHandlerInfo<Deno.NetAddr>> {
  const { store, limits, parameters, latency, requests, log, clock } = world;
  const access = new AccessLog(log, ENDPOINTS, world.access_every);
  const get_metric = new GetMetric(store, limits, access);
  const now = () => clock.epoch_ms();
  const list_metrics = new ListMetrics(
    store,
    limits,
    world.requestItems,
    now,
    () => clock.monotonic_ms(),
    world.onCut,
  );
  let timed_at_ms = NaN;
  // The URL of the last plain ListMetrics, to skip parsing it again.
  let list_url = "";

  const handle: ReturnType<typeof createHandler> = (request, info) => {
    const now_ms = clock.epoch_ms();
    // Timing every request is slow. Without an access log, one per millisecond is timed.
    const timed = access.is_on || now_ms !== timed_at_ms;
    timed_at_ms = now_ms;
    const started_ms = timed ? clock.monotonic_ms() : NaN;
    const url = request.url;
    const is_list = url === list_url;
    if (!is_list && request.method === "GET") {
      const remembered = get_metric.remembered(url);
      if (remembered !== null) {
        const response = get_metric.send(remembered, now_ms);
        const age_ms = ageOf(remembered.taken_ms, now_ms);
        const latency_ms = count(GET_METRIC, response.status, started_ms);
        if (access.is_on) {
          const { label } = remembered;
          access.write(
            request,
            info,
            GET_METRIC,
            response.status,
            now_ms,
            latency_ms,
            age_ms,
            label,
          );
        }
        return response;
      }
    }
    // Checked before caching, so that only URLs with an allowed host are cached.
    const host = is_list ? null : hostOf(request);
    if (!is_list && host === null) {
      return begun(badHost(hostProblem(request)), OTHER, started_ms, now_ms, request, info);
    }
    const [path, query] = is_list ? LIST : splitUrl(url);
    const endpoint = is_list ? LIST_METRICS : PATHS.get(path) ?? OTHER;
    if (host !== null && !world.allowsHost(host) && endpoint !== HEALTHZ && endpoint !== READYZ) {
      return begun(foreignHost(host), OTHER, started_ms, now_ms, request, info);
    }
    if (endpoint === LIST_METRICS && query === "") list_url = url;
    // After an upgrade to WebSocket, a request cannot be read.
    const facts = access.is_on && endpoint === STREAM ? factsOf(request, info) : null;
    const answer = route(request, info, endpoint, path, query, now_ms);
    if (is_list && answer instanceof Response) {
      // The whole list's age, without reading it from a header.
      const age_ms = ageOf(store.oldest_taken_ms, now_ms);
      return begun(answer, endpoint, started_ms, now_ms, request, info, age_ms);
    }
    if (facts !== null && answer instanceof Response) {
      const { status } = answer;
      const latency_ms = count(endpoint, status, started_ms);
      const age_ms = dataAge(answer, now_ms);
      access.writeFacts(endpoint, { status, latency_ms, age_ms, bytes_sent: NaN }, facts);
      return answer;
    }
    if (answer instanceof Response) {
      return begun(answer, endpoint, started_ms, now_ms, request, info);
    }
    return answer.then((response) => begun(response, endpoint, started_ms, now(), request, info));
  };

  const { tokens = null, cors = null, needs_token_for_metrics = true } = world.guard ?? {};
  const isOpen = (request: Request) => {
    const endpoint = endpointOf(request);
    return endpoint === HEALTHZ || endpoint === READYZ ||
      (endpoint === METRICS && !needs_token_for_metrics);
  };
  const guard = { tokens, cors, isOpen, unauthorized };
  return guarded(guard, handle, (response, request, info) => {
    const endpoint = response.status === 401 ? endpointOf(request) : OTHER;
    return begun(response, endpoint, clock.monotonic_ms(), now(), request, info);
  });

  function route(
    request: Request,
    info: Info,
    endpoint: number,
    path: string,
    query: string,
    now_ms: number,
  ): Response | Promise<Response> {
    if (query.length > QUERY_CHARS_MAX) return queryTooLong(query.length);
    if (endpoint === OTHER) return world.page?.(request, path) ?? unknownPath(path);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return wrongMethod(request.method, path);
    }
    const known = query === "" ? undefined : parameters.get(endpoint);
    const unknown = known === undefined ? null : unknownName(query, known);
    if (unknown !== null) return unknownParameter(unknown, path, known!);
    switch (endpoint) {
      case GET_METRIC:
        return get_metric.answer(request.url, query, now_ms);
      case LIST_METRICS:
        return list_metrics.answer(request, query, now_ms, info);
      case STATS:
        return Response.json(world.stats(now_ms), { headers: { "cache-control": "no-store" } });
      case HEALTHZ:
        return healthz();
      case READYZ:
        return readyz(store, limits, now_ms, world.stopping());
      case STREAM:
        return world.stream(request, query);
      case COLUMNS:
        return answerColumns(request, store, limits, now_ms);
      case METRICS:
        return metricsResponse(request, world.families(now_ms));
      case FABRIC_METRICS:
        return world.fabricMetrics(request, query, now_ms);
      default:
        return unknownPath(path);
    }
  }

  /**
   * Age for the access log: of the response's data, else of the oldest snapshot at that moment. NaN
   * before the first snapshot, and without a log, because reading a header is slow.
   */
  function dataAge(response: Response, at_ms: number): number {
    if (!access.is_on) return NaN;
    const age_ms = ageHeaderOf(response);
    if (!Number.isNaN(age_ms) || Number.isNaN(store.oldest_taken_ms)) return age_ms;
    return ageOf(store.oldest_taken_ms, at_ms);
  }

  /** Counts and logs a response, a long one when its body has ended. */
  function begun(
    response: Response,
    endpoint: number,
    started_ms: number,
    now_ms: number,
    request: Request,
    info: Info,
    age_ms = dataAge(response, now_ms),
  ): Response {
    const transfer = transferOf(response);
    if (transfer === undefined) {
      const latency_ms = count(endpoint, response.status, started_ms);
      if (access.is_on) {
        const label = endpoint === GET_METRIC ? get_metric.last_label : 0;
        access.write(request, info, endpoint, response.status, now_ms, latency_ms, age_ms, label);
      }
      return response;
    }
    if (!Number.isNaN(started_ms)) {
      const first_ms = clock.monotonic_ms() - started_ms;
      latency.record(firstByteOf(endpoint), first_ms);
      requests.recordFirstByte(endpoint, first_ms);
    }
    const facts = access.is_on ? factsOf(request, info) : {};
    transfer.then(({ is_complete, bytes }) => {
      const status = is_complete ? 200 : CLIENT_CLOSED_REQUEST;
      const latency_ms = count(endpoint, status, started_ms);
      const figures = { status, latency_ms, age_ms, bytes_sent: bytes };
      if (access.is_on) access.writeFacts(endpoint, figures, facts);
    });
    return response;
  }

  /**
   * Counts a request; returns its latency.
   *
   * @param started_ms NaN if the request is only counted, not timed.
   */
  function count(endpoint: number, status: number, started_ms: number): number {
    if (Number.isNaN(started_ms)) {
      latency.recordUntimed(endpoint);
      requests.recordUntimed(endpoint, status);
      return NaN;
    }
    const latency_ms = clock.monotonic_ms() - started_ms;
    latency.record(endpoint, latency_ms);
    requests.record(endpoint, status, latency_ms);
    return latency_ms;
  }
}
