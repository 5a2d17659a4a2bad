/** `k6/http` of one VU: adds cookies, redirects, tags and samples to exchanges. */
import type { TagSet } from "../metrics/metric.ts";
import { codingsOf, decodeBody, type Decoded, unknownCoding } from "./content_coding.ts";
import { CookieJar } from "./cookie_jar.ts";
import {
  type Exchange,
  type ExchangeRequest,
  failedExchange,
  failureCode,
  failureText,
  type HttpFailure,
  maskCredentials,
  maskInvalidUrl,
  parseTarget,
  protoOf,
} from "./exchange.ts";
import type { PreparedRequest, RequestFactory } from "./request_factory.ts";
import { EXPECTED_BY_DEFAULT, type ExpectedStatuses, type Params } from "./request_params.ts";
import { cookiesAfter } from "./request_headers.ts";
import { readHead } from "./response_headers.ts";
import { Response } from "./response.ts";
import { parseSetCookie } from "./set_cookie.ts";
import { BODY_BYTES_MAX } from "./timed_connection.ts";

/** The VU of a session. */
interface SessionHost {
  readonly world: {
    epoch_ms(): number;
    log(level: "warning", message: string): void;
    countUnsent(): void;
  };
  /** Tags of the samples the VU adds now. */
  readonly tags: TagSet;
  /** Takes the samples of one exchange. */
  onExchange(exchange: Exchange, tags: TagSet, is_failed: boolean | null): void;
}

/** Yields each request, receives its exchange, and returns the script's response. */
export type RequestSteps = Generator<ExchangeRequest, Response, Exchange>;

export class HttpSession {
  /** `http.cookieJar()`; emptied before each iteration. */
  readonly jar: CookieJar;
  expected: ExpectedStatuses | null = EXPECTED_BY_DEFAULT;

  constructor(private readonly host: SessionHost, private readonly factory: RequestFactory) {
    this.jar = new CookieJar(() => host.world.epoch_ms());
  }

  /**
   * The first request of {@link request}, for callers that finish it with {@link respond}. Null if
   * the URL is invalid.
   */
  prepare(method: string, url: unknown, body: unknown, params: Params | null) {
    const jar = params?.jar ?? this.jar;
    return this.factory.prepare(method, url, body, params, jar, this.expected);
  }

  /** Null if the response is a redirect: then call {@link follow}. */
  respond(request: PreparedRequest, exchange: Exchange): Response | null {
    const { status } = exchange;
    return status >= 301 && status <= 308 && redirectOf(exchange) !== null
      ? null
      : this.#finish(request, exchange, this.jar);
  }

  /** @throws {TypeError} for invalid arguments, not for network errors. */
  *request(method: string, url: unknown, body: unknown, params: Params | null): RequestSteps {
    const jar = params?.jar ?? this.jar;
    const request = this.prepare(method, url, body, params);
    if (request === null) return this.#badUrl(method, String(url), params);
    return yield* this.follow(request, yield request, jar);
  }

  /** Follows the redirects after a first exchange. */
  *follow(first: PreparedRequest, exchanged: Exchange, jar: CookieJar): RequestSteps {
    let request = first, exchange = exchanged;
    for (let redirects = 0;; redirects++) {
      const response = this.#finish(request, exchange, jar);
      const location = redirectOf(exchange);
      if (location === null || redirects >= request.plan.redirects_max) {
        if (location !== null && redirects > 0) {
          this.host.world.log(
            "warning",
            `Stopped after ${redirects} redirects of ${request.plan.target.url} and returned the ` +
              "last response",
          );
        }
        return response;
      }
      const next = this.#redirect(request, exchange, location, jar);
      if (next === null) return response;
      request = next;
      exchange = yield request;
    }
  }

  #finish(request: PreparedRequest, exchange: Exchange, jar: CookieJar): Response {
    let decoded: Uint8Array | null = null, { failure } = exchange;
    if (failure === null && exchange.has_more_to_read) {
      const codings: string[] = [];
      for (const [name, value] of headerLines(exchange)) {
        if (name === "Content-Encoding") codings.push(value);
        else if (name === "Set-Cookie") {
          const cookie = parseSetCookie(value, this.host.world.epoch_ms());
          if (cookie !== null) jar.store(request.plan.target.url, cookie);
        }
      }
      const outcome = this.#decode(codings, exchange);
      if (outcome !== null && "failure" in outcome) failure = outcome.failure;
      else decoded = outcome?.bytes ?? null;
    }
    this.#emit(request, exchange, failure);
    return new Response(request, exchange, failure, decoded);
  }

  /** Null to keep the body as it is: without codings, or with one that is unknown. */
  #decode(lines: readonly string[], { bytes, head_end, body_end }: Exchange): Decoded | null {
    const codings = codingsOf(lines);
    if (codings.length === 0 || head_end === body_end) return null;
    const unknown = unknownCoding(codings);
    if (unknown === undefined) {
      return decodeBody(codings, bytes.subarray(head_end, body_end), BODY_BYTES_MAX);
    }
    this.factory.warn(
      `The body is not decoded: its Content-Encoding is ${JSON.stringify(unknown.slice(0, 40))}, ` +
        "known are gzip, deflate, br and zstd",
    );
    return null;
  }

  #emit(request: PreparedRequest, exchange: Exchange, failure: HttpFailure | null): void {
    const { expected, method, target, throws } = request.plan;
    const { tags } = this.host;
    if (failure === null) {
      const { status } = exchange;
      const own = request.responseTags(tags, status, protoOf(exchange));
      const is_failed = expected === null ? null : !expected.includes(status);
      return this.host.onExchange(exchange, own, is_failed);
    }
    const text = failureText(failure);
    const own = request.failureTags(tags, text, failureCode(failure));
    this.host.onExchange(exchange, own, expected === null ? null : true);
    const message = `${method} ${target.url}: ${text}`;
    if (throws) throw new Error(message);
    this.host.world.log("warning", `Request failed: ${message}`);
  }

  /** The next request (RFC 9110 §15.4); null if the location is not a URL. */
  #redirect(
    { plan }: PreparedRequest,
    exchange: Exchange,
    location: string,
    jar: CookieJar,
  ): PreparedRequest | null {
    const { status } = exchange;
    const href = URL.parse(location, plan.target.url)?.href ?? "";
    const target = parseTarget(href);
    if (target === null) {
      this.host.world.log(
        "warning",
        `Cannot follow the redirect of ${plan.target.url} to "${maskInvalidUrl(location)}"`,
      );
      return null;
    }
    const keeps_body = status === 307 || status === 308 || plan.method === "HEAD" ||
      plan.method === "GET";
    const is_foreign = target.endpoint.origin !== plan.target.endpoint.origin;
    const dropped = keeps_body ? /^$/ : /^content-(type|length|encoding|language|location)$/i;
    const headers = plan.headers.filter(([name]) =>
      !dropped.test(name) && !(is_foreign && /^(authorization|host)$/i.test(name))
    );
    const inherited = is_foreign ? null : plan.target.credentials;
    return this.factory.build({
      ...plan,
      target: { ...target, credentials: target.credentials ?? inherited },
      headers,
      cookies: cookiesAfter(plan, target, setCookiesOf(exchange)),
      tag_url: maskCredentials(href),
      method: keeps_body ? plan.method : "GET",
      body: keeps_body ? plan.body : null,
    }, jar);
  }

  /** As in k6, an invalid URL counts no request. */
  #badUrl(method: string, url: string, params: Params | null): Response {
    const message = `${method} ${
      JSON.stringify(maskInvalidUrl(url))
    }: invalid URL: must be an http:// or https:// URL with a valid host and port`;
    this.host.world.countUnsent();
    if (params?.throw ?? this.factory.throws) throw new TypeError(message);
    this.host.world.log("warning", `Request failed: ${message}`);
    const target = parseTarget("http://invalid.invalid/")!;
    const request = this.factory.build(this.factory.plan("GET", target, null, {}), this.jar);
    return new Response(request, failedExchange("bad_url"));
  }
}

function redirectOf(exchange: Exchange): string | null {
  if (exchange.failure !== null || ![301, 302, 303, 307, 308].includes(exchange.status)) {
    return null;
  }
  return headerLines(exchange).find(([name]) => name === "Location")?.[1] ?? null;
}

/** Names of the cookies a response sets. */
function setCookiesOf(exchange: Exchange): ReadonlySet<string> {
  const cookies = headerLines(exchange).filter(([name]) => name === "Set-Cookie")
    .map(([, value]) => parseSetCookie(value, 0)?.cookie.name ?? "");
  return new Set(cookies);
}

function headerLines({ bytes, head_start, head_end }: Exchange) {
  return readHead(new TextDecoder().decode(bytes.subarray(head_start, head_end))).lines;
}
