/** Error responses of metrics_server. */
import { HEADER_DATA_AGE_MS, type ReadyAnswer, type Shard } from "../../contracts/mod.ts";
import { didYouMean, printable, problem } from "../../platform/mod.ts";
import { PATHS } from "./endpoints.ts";
import { LONG_BODIES_CLIENT_MAX, LONG_BODIES_MAX } from "./long_bodies.ts";
import { PROBLEM_TYPES, type ProblemAttributes, type ProblemSlug } from "./problem_types.ts";
import { QUERY_CHARS_MAX, type QueryProblem } from "./query.ts";
import { SCANS_WAITING_MAX } from "./scan_queue.ts";

const ECHO_CHARS_MAX = 128;

/** Value of `Allow` on every route. */
export const ALLOWED_METHODS = "GET, HEAD";

/** Value of `WWW-Authenticate`. Basic is first, for browsers that read one challenge only. */
export const CHALLENGE = 'Basic realm="Fabric Telemetry", charset="UTF-8", ' +
  'Bearer realm="Fabric Telemetry"';

const EXAMPLE = "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps";

/**
 * 400: a parameter is missing, repeated or not decodable.
 *
 * @param example A correct request of the route; by default GetMetric.
 */
export function badParameter({ parameter, reason }: QueryProblem, example = EXAMPLE): Response {
  const what = {
    missing: `Parameter ${parameter} is missing: give it once`,
    repeated: `Parameter ${parameter} is given more than once: give it once`,
    broken: `Parameter ${parameter} is not percent-encoded UTF-8: encode it`,
  }[reason];
  return refuse(`${reason}-parameter`, {
    detail: `${what}, e.g. ${example}`,
    members: { parameter },
  });
}

/** 400: the route does not take this parameter. */
export function unknownParameter(name: string, path: string, known: readonly string[]): Response {
  const takes = known.length === 0 ? "no parameter" : known.join(", ");
  return refuse("unknown-parameter", {
    detail: `No parameter ${echo(name)}: ${path} takes ${takes}` + didYouMean(name, known),
    members: { parameter: echo(name) },
  });
}

/** 400: `max_age_ms` or `max_row_age_ms` is not a whole number. */
export function badMaxAge(value: string, parameter = "max_age_ms"): Response {
  return refuse("bad-parameter", {
    detail: `${parameter}=${echo(value)}: must be a whole number of milliseconds, e.g. 5000`,
    members: { parameter },
  });
}

/** 400: a flag is neither `1` nor `0`. */
export function badFlag(parameter: string, value: string): Response {
  return badListParameter(parameter, value, "1, or left out");
}

/** 400: a parameter of ListMetrics is invalid. */
export function badListParameter(parameter: string, value: string, must_be: string): Response {
  return refuse("bad-parameter", {
    detail: `${parameter}=${echo(value)}: must be ${must_be}`,
    members: { parameter },
  });
}

/** 410: the snapshot of a cursor has been replaced. */
export function cursorGone(held: string, snapshot_id: string): Response {
  return refuse("cursor-gone", {
    detail:
      `The cursor belongs to snapshot ${echo(held)}, and ${echo(snapshot_id)} has replaced it: ` +
      "start again without cursor, or request larger pages",
    members: { snapshot_id },
  });
}

/** 404: no such path. */
export function unknownPath(path: string): Response {
  return refuse("unknown-path", {
    detail: `No path ${echo(path)}: there are ${[...PATHS.keys()].join(", ")}; ` +
      "/openapi.json describes them",
  });
}

/** 400: no host, or a host that would be read as part of the path. */
export function badHost(detail: string): Response {
  return refuse("bad-host", { detail });
}

/** 421: a page of another site may have made its name resolve to this service. */
export function foreignHost(host: string): Response {
  return refuse("foreign-host", {
    detail: `Host: ${echo(host)}: not a name of this service: add it to ALLOWED_HOSTS, or ` +
      "request the address",
  });
}

/** 401, which makes a browser ask for a user and a password. */
export function unauthorized(): Response {
  return refuse("unauthorized", {
    detail: "No token of AUTH_TOKENS_FILE: send Authorization: Bearer <token>, or the token as " +
      "the password of basic authentication with any user",
    headers: { "www-authenticate": CHALLENGE },
  });
}

/** 404: METRICS_FABRIC is off. */
export function fabricMetricsOff(): Response {
  return refuse("fabric-metrics-off", {
    detail: "The telemetry is not served as metrics: start the service with METRICS_FABRIC=on",
  });
}

/** 405, with `Allow`. */
export function wrongMethod(method: string, path: string): Response {
  return refuse("wrong-method", {
    detail: `${path} does not take ${method}: use GET or HEAD`,
    headers: { allow: ALLOWED_METHODS },
  });
}

/** 414: the query is too long. */
export function queryTooLong(chars: number): Response {
  return refuse("query-too-long", {
    detail: `The query has ${chars} characters: the maximum is ${QUERY_CHARS_MAX}`,
  });
}

/**
 * 421: another shard has it (RFC 9110 §15.5.20).
 *
 * @param what Beginning of the sentence, such as `Switch sw-000`.
 */
export function misdirected(what: string, { index, count }: Shard): Response {
  return refuse("misdirected", {
    detail: `${echo(what)} belongs to shard ${index} of ${count}: send the request to a service ` +
      `with SHARD=${index}/${count}; shards are crc32(switch_id) % ${count}`,
    members: { shard: index, shards: count },
  });
}

/** 503: no data yet. `waiting_for` names the sources and their errors. */
export function noSnapshot(
  waiting_for: string[],
  retry_after_s: number,
  named?: Pick<ReadyAnswer, "missing_sources" | "stale_sources">,
): Response {
  return refuse("no-snapshot", {
    detail: `No snapshot yet from ${waiting_for.join(", ")}: try again; /stats shows the poller`,
    members: named,
    headers: { "retry-after": String(retry_after_s) },
  });
}

/** 503: the data is older than the request or MAX_STALE_MS allows. */
export function tooStale(
  age_ms: number,
  max_age_ms: number,
  bound: "max_age_ms" | "MAX_STALE_MS",
  retry_after_s: number,
  named?: Pick<ReadyAnswer, "missing_sources" | "stale_sources">,
): Response {
  return refuse("too-stale", {
    detail: `The data is ${age_ms} ms old, over ${bound}=${max_age_ms}: ` +
      `try again, or accept older data; /stats shows the poller`,
    members: { age_ms, max_age_ms, ...named },
    headers: { "retry-after": String(retry_after_s), [HEADER_DATA_AGE_MS]: String(age_ms) },
  });
}

/** 503: the limit of long responses is reached. */
export function tooManyLists(): Response {
  return refuse("too-many-lists", {
    detail: `${LONG_BODIES_MAX} long ListMetrics responses are in progress, the maximum, or ` +
      `${LONG_BODIES_CLIENT_MAX} of this client's address: try again`,
    headers: { "retry-after": "1" },
  });
}

/** 503: too many lists wait for their rows to be selected. */
export function tooManyScans(): Response {
  return refuse("too-many-lists", {
    detail:
      `${SCANS_WAITING_MAX} lists wait for their rows to be selected, the maximum: try again, or name ` +
      "switches without *",
    headers: { "retry-after": "1" },
  });
}

/** 400: a stream's whole snapshot would be too long. */
export function streamTooWide(bytes: number, bytes_max: number): Response {
  return refuse("stream-too-wide", {
    detail: `The stream's snapshot would have about ${bytes} bytes, over ${bytes_max}: ` +
      "select a part with switch_id= or metric=, or use ListMetrics",
  });
}

/** 503: the limit of open streams, or of their bytes, is reached. */
export function tooManyStreams(what: string): Response {
  return refuse("too-many-streams", {
    detail: `${what}: try again, or use ListMetrics`,
    headers: { "retry-after": "10" },
  });
}

/** 400: an invalid WebSocket handshake. */
export function badUpgrade(reason: string): Response {
  return refuse("bad-upgrade", {
    detail: `Not a valid WebSocket handshake: ${reason}`,
  });
}

/** 501: STREAM_WEBSOCKET is off. */
export function websocketOff(): Response {
  return refuse("websocket-off", {
    detail: "Streams are server-sent events: send no Upgrade, or start the service with " +
      "STREAM_WEBSOCKET=on",
  });
}

/** 403: a WebSocket for a page of another host, which browsers do not block themselves. */
export function foreignOrigin(origin: string, host: string | null): Response {
  return refuse("foreign-origin", {
    detail: `Origin ${echo(origin)} must match the host ${echo(host ?? "of this service")}: ` +
      "serve the page and this service under one host, by a proxy that keeps Host",
    members: { origin: echo(origin) },
  });
}

/** 503: the list was not ready in time. */
export function listNotReady(wait_ms_max: number): Response {
  return refuse("list-not-ready", {
    detail: `The list was not ready within ${wait_ms_max} ms: try again, or use GetMetric`,
    headers: { "retry-after": "1" },
  });
}

/** 503: `/metrics/fabric` was not rendered in time. */
export function fabricNotReady(wait_ms_max: number): Response {
  return refuse("list-not-ready", {
    detail: `The series were not ready within ${wait_ms_max} ms: select fewer, or try again`,
    headers: { "retry-after": "1" },
  });
}

/** 503: the list would exceed its memory limit. */
export function listTooLong(bytes: number, bytes_max: number): Response {
  return refuse("list-too-long", {
    detail: `The list would have about ${bytes} bytes, and it may have ${bytes_max}, fewer with ` +
      `long ids: use GetMetric, CSV or pages (limit=), or raise UPSTREAM_MAX_BYTES`,
  });
}

/** 503: the service is stopping. */
export function stopping(): Response {
  return refuse("stopping", { detail: "The service is stopping: use another instance" });
}

export function refuse<S extends ProblemSlug>(slug: S, attributes: ProblemAttributes<S>): Response {
  const { detail, members, headers } = attributes;
  return problem({
    status: PROBLEM_TYPES[slug].status,
    slug,
    detail,
    extensions: members,
    headers,
  });
}

/** A client's or a source's text in an answer: bounded, and without characters that act. */
export function echo(value: string): string {
  return printable(value.length > ECHO_CHARS_MAX ? `${value.slice(0, ECHO_CHARS_MAX)}…` : value);
}
