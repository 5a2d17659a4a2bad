/** `k6/http` of one VU: adds cookies, redirects, tags and samples to exchanges. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { TagSet } from "../metrics/metric.ts";
import { CookieJar, parseSetCookie } from "./cookie_jar.ts";
import {
  type Exchange,
  type ExchangeRequest,
  failedExchange,
  failureCode,
  failureText,
  type HttpFailure,
  parseTarget,
  protoOf,
} from "./exchange.ts";
import type { PreparedRequest, RequestFactory } from "./request_factory.ts";
import { EXPECTED_BY_DEFAULT, type ExpectedStatuses, type Params } from "./request_params.ts";
import { readHead } from "./response_headers.ts";
import { Response } from "./response.ts";

/** The VU of a session. */
interface SessionHost {
  readonly world: { epoch_ms(): number; log(level: "warning", message: string): void };
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
      const next = this.#redirect(request, exchange.status, location, jar);
      if (next === null) return response;
      request = next;
      exchange = yield request;
    }
  }

  #finish(request: PreparedRequest, exchange: Exchange, jar: CookieJar): Response {
    const { bytes, head_end, body_end } = exchange;
    let decoded: Uint8Array | null = null, failure = exchange.failure;
    if (failure === null && exchange.has_more_to_read) {
      for (const [name, value] of headerLines(exchange)) {
        if (name === "Set-Cookie") {
          const cookie = parseSetCookie(value);
          if (cookie !== null) jar.store(request.plan.target.url, cookie);
        } else if (name === "Content-Encoding" && body_end > head_end) {
          decoded = decompress(value, decoded ?? bytes.subarray(head_end, body_end));
          if (decoded === null) failure = "bad_encoding";
        }
      }
    }
    this.#emit(request, exchange, failure);
    return new Response(request, exchange, failure, decoded);
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
    status: number,
    location: string,
    jar: CookieJar,
  ): PreparedRequest | null {
    const target = parseTarget(URL.parse(location, plan.target.url)?.href ?? "");
    if (target === null) {
      this.host.world.log(
        "warning",
        `Cannot follow the redirect of ${plan.target.url} to "${location}"`,
      );
      return null;
    }
    const keeps_body = status === 307 || status === 308 || plan.method === "HEAD" ||
      plan.method === "GET";
    const foreign = target.endpoint.origin !== plan.target.endpoint.origin;
    const dropped = keeps_body ? /^$/ : /^content-(type|length)$/i;
    const headers = plan.headers.filter(([name]) =>
      !dropped.test(name) && !(foreign && /^(authorization|cookie|host)$/i.test(name))
    );
    return this.factory.build({
      ...plan,
      target,
      headers,
      tag_url: target.url,
      tag_name: target.url,
      method: keeps_body ? plan.method : "GET",
      body: keeps_body ? plan.body : null,
    }, jar);
  }

  /** As in k6, an invalid URL counts no request. */
  #badUrl(method: string, url: string, params: Params | null): Response {
    const message = `${method} ${
      JSON.stringify(url)
    }: invalid URL: must begin with http:// or https://`;
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

function headerLines({ bytes, head_start, head_end }: Exchange) {
  return readHead(new TextDecoder().decode(bytes.subarray(head_start, head_end))).lines;
}

/** Null if the bytes are invalid; bytes of unknown encodings are returned unchanged. */
function decompress(encoding: string, bytes: Uint8Array): Uint8Array | null {
  try {
    switch (encoding.toLowerCase()) {
      case "gzip":
        return gunzipSync(bytes);
      case "deflate":
        return inflateSync(bytes);
      case "br":
        return brotliDecompressSync(bytes);
      default:
        return bytes;
    }
  } catch {
    return null;
  }
}
