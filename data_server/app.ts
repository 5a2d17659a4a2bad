/**
 * The handler of all requests.
 *
 *     request ──▶ route ──▶ inject faults (data only) ──▶ answer ──▶ metrics, access log
 */
import {
  type AnswerTrace,
  type Clock,
  hostOf,
  hostProblem,
  type Log,
  metricsResponse,
  type ProcessFigures,
  RequestDurations,
  splitUrl,
} from "../platform/mod.ts";
import {
  answerBadHost,
  answerFabric,
  answerHealth,
  answerInjectedError,
  answerUfm,
  answerUnknownPath,
  answerWrongMethod,
  METHODS,
} from "./answers.ts";
import type { Profile } from "./config.ts";
import { type Delays, drawFault, type FaultSettings } from "./faults.ts";
import { type FaultCounts, metricsFamilies } from "./metrics.ts";
import type { Sfc32 } from "./random.ts";
import type { SnapshotStore } from "./snapshot_store.ts";

export const ENDPOINTS = ["/counters", "/csv/metrics", "/healthz", "/metrics", "unknown"] as const;

export type Endpoint = typeof ENDPOINTS[number];

/** The endpoints of each profile, in the order of a 404. */
const KNOWN_PATHS: Record<Profile, readonly Endpoint[]> = {
  fabric: ["/counters", "/healthz", "/metrics"],
  ufm: ["/csv/metrics", "/counters", "/healthz", "/metrics"],
};

/** Status logged for a client that disconnects during an injected delay, as in nginx. */
const STATUS_CLIENT_CLOSED_REQUEST = 499;

interface AppParts {
  profile: Profile;
  store: SnapshotStore;
  faults: FaultSettings;
  /** The stream `RANDOM_STREAMS.faults`. */
  fault_random: Pick<Sfc32, "fraction">;
  delays: Delays;
  clock: Clock;
  log: Pick<Log, "info" | "access" | "access_on">;
  figures: () => ProcessFigures;
}

interface Counted {
  readonly requests: RequestDurations;
  readonly faults: FaultCounts;
}

export function createApp(parts: AppParts): (request: Request) => Promise<Response> {
  const counted: Counted = {
    requests: new RequestDurations(ENDPOINTS.length),
    faults: { slow: 0, http_500: 0 },
  };
  return async (request) => {
    const started_ms = parts.clock.monotonic_ms();
    const [path, query] = splitUrl(request.url);
    const has_host = hostOf(request) !== null;
    const endpoint = has_host ? endpointOf(parts.profile, path) : "unknown";
    const response = has_host
      ? await answer(parts, counted, request, endpoint, path, query)
      : await answerBadHost(hostProblem(request));
    const latency_ms = parts.clock.monotonic_ms() - started_ms;
    counted.requests.record(ENDPOINTS.indexOf(endpoint), response.status, latency_ms);
    if (parts.log.access_on) logAccess(parts, request, endpoint, response, latency_ms);
    return response;
  };
}

function answer(
  parts: AppParts,
  counted: Counted,
  request: Request,
  endpoint: Endpoint,
  path: string,
  query: string,
): Response | Promise<Response> {
  if (endpoint === "unknown") return answerUnknownPath(path, KNOWN_PATHS[parts.profile]);
  if (!METHODS.includes(request.method)) return answerWrongMethod(request.method, path);
  if (endpoint === "/healthz") return answerHealth();
  if (endpoint === "/metrics") return answerMetrics(parts, counted, request);
  return answerData(parts, counted.faults, request, query);
}

function answerMetrics(
  { store, clock, figures }: AppParts,
  { requests, faults }: Counted,
  request: Request,
): Response {
  const now_ms = clock.epoch_ms();
  const input = { requests, endpoints: ENDPOINTS, store, faults, figures: figures(), now_ms };
  return metricsResponse(request, metricsFamilies(input));
}

async function answerData(
  parts: AppParts,
  faults: FaultCounts,
  request: Request,
  query: string,
): Promise<Response> {
  const fault = drawFault(parts.fault_random, parts.faults);
  const waiting = fault.delay_ms > 0
    ? parts.delays.wait(fault.delay_ms, request.signal)
    : undefined;
  if (waiting !== undefined) {
    faults.slow++;
    parts.log.info("gen.inject_fault", { kind: "slow", delay_ms: fault.delay_ms });
    if (await waiting === "aborted") {
      return new Response(null, { status: STATUS_CLIENT_CLOSED_REQUEST });
    }
  }
  if (fault.is_error) {
    faults.http_500++;
    parts.log.info("gen.inject_fault", { kind: "http_500", delay_ms: 0 });
    return answerInjectedError();
  }
  return parts.profile === "ufm"
    ? answerUfm(request, query, parts.store)
    : answerFabric(request, parts.store);
}

function logAccess(
  parts: AppParts,
  request: Request,
  endpoint: Endpoint,
  response: Response,
  latency_ms: number,
): void {
  const { clock, store, log } = parts;
  const { status, headers } = response;
  const now_ms = clock.epoch_ms();
  log.access(
    now_ms,
    ENDPOINTS.indexOf(endpoint),
    status,
    latency_ms,
    hasData(endpoint, status) ? Math.max(0, now_ms - store.current.taken_at_ms) : NaN,
    request.method === "HEAD" ? 0 : Number(headers.get("content-length") ?? 0),
  );
}

/** Span attributes of an answer. */
export function answerTrace(
  { profile, store, clock }: Pick<AppParts, "profile" | "store" | "clock">,
  request: Request,
  { status }: Response,
): AnswerTrace {
  const endpoint = hostOf(request) !== null
    ? endpointOf(profile, splitUrl(request.url)[0])
    : "unknown";
  const { id, taken_at_ms } = store.current;
  const has_data = hasData(endpoint, status);
  return {
    route: endpoint === "unknown" ? null : endpoint,
    snapshot_id: has_data ? id : null,
    age_ms: has_data ? Math.max(0, clock.epoch_ms() - taken_at_ms) : NaN,
  };
}

function hasData(endpoint: Endpoint, status: number): boolean {
  return (endpoint === "/counters" || endpoint === "/csv/metrics") &&
    (status === 200 || status === 304);
}

function endpointOf(profile: Profile, path: string): Endpoint {
  return KNOWN_PATHS[profile].find((known) => known === path) ?? "unknown";
}
