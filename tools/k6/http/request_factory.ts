/** Builds requests and remembers those that scripts repeat. */
import { buildRequest } from "../../http/mod.ts";
import { parseDuration } from "../duration.ts";
import type { TagSet } from "../metrics/metric.ts";
import { type RunOptions, SYSTEM_TAGS_DEFAULT } from "../options/run_options.ts";
import { compress } from "./content_coding.ts";
import type { CookieJar } from "./cookie_jar.ts";
import { type ExchangeRequest, maskCredentials, parseTarget, type Target } from "./exchange.ts";
import { type BodyHost, encodeBody, type RequestBody } from "./request_body.ts";
import {
  authorizationOf,
  cookieHeader,
  cookiesFor,
  type Header,
  type RequestCookie,
  requestCookies,
} from "./request_headers.ts";
import {
  copyOf,
  EXPECTED_BY_DEFAULT,
  type ExpectedStatuses,
  isEqual,
  isRepeatable,
  isSameExpectation,
  type Params,
  type ResponseType,
} from "./request_params.ts";

/** Most different messages of {@link RequestFactory.warn}. */
const WARNINGS_MAX = 100;
/** Requests remembered: over all, and for one URL. */
const REQUESTS_MAX = 10_000, REQUESTS_PER_URL_MAX = 100;
/** Defaults of options and params; the timeout is in milliseconds. */
const USER_AGENT = "k6-compatible-runner/1.0", REDIRECTS_MAX = 10, REQUEST_TIMEOUT_MS = 60_000;

/** The checked arguments and options of a request. */
export interface RequestPlan {
  readonly method: string;
  readonly target: Target;
  /** The URL for tags. */
  readonly tag_url: string;
  /** The name given by `http.url`; null for none. */
  readonly name: string | null;
  /** Without Cookie, and Authorization of the URL's credentials. */
  readonly headers: readonly Header[];
  /** The cookies of the header and the params. */
  readonly cookies: readonly RequestCookie[];
  readonly body: RequestBody | null;
  readonly tags: Params["tags"];
  readonly expected: ExpectedStatuses | null;
  readonly redirects_max: number;
  readonly response_type: ResponseType;
  readonly timeout_ms: number;
  readonly throws: boolean;
}

/** A request that scripts may repeat, with its arguments. */
interface KnownRequest {
  readonly method: string;
  readonly params: Params | null;
  readonly expected: ExpectedStatuses | null;
  readonly request: PreparedRequest;
}

export class RequestFactory implements BodyHost {
  readonly #system_tags: ReadonlySet<string>;
  readonly #known = new Map<string, KnownRequest[]>();
  #known_count = 0;

  readonly #warnings = new Set<string>();

  constructor(private readonly options: Partial<RunOptions>, private readonly host: BodyHost) {
    this.#system_tags = new Set(options.system_tags ?? SYSTEM_TAGS_DEFAULT);
  }

  get throws(): boolean {
    return this.options.throws ?? false;
  }

  /** Null if the URL is invalid. @throws {TypeError} for other invalid arguments. */
  prepare(
    method: string,
    url: unknown,
    body: unknown,
    params: Params | null,
    jar: CookieJar,
    expected: ExpectedStatuses | null,
  ): PreparedRequest | null {
    const is_simple = typeof url === "string" && (body === null || body === undefined) &&
      jar.is_empty;
    const known = is_simple ? this.#find(url, method, params, expected) : undefined;
    if (known !== undefined) return known.request;
    const named = namedUrl(url);
    const target = parseTarget(named.url);
    if (target === null) return null;
    const plan = this.plan(method.toUpperCase(), target, body, params ?? {}, expected);
    const tag_url = maskCredentials(named.url);
    const request = this.build({ ...plan, tag_url, name: named.name }, jar);
    if (is_simple && isRepeatable(params)) {
      this.#remember(url, { method, params: copyOf(params), expected, request });
    }
    return request;
  }

  /** Adds the cookies that the jar has for the URL. */
  build(plan: RequestPlan, jar: CookieJar): PreparedRequest {
    return new PreparedRequest(plan, jar, this.#system_tags);
  }

  random(): number {
    return this.host.random();
  }

  /** Once for each message: a script may repeat its cause thousands of times a second. */
  warn(message: string): void {
    if (this.#warnings.has(message) || this.#warnings.size === WARNINGS_MAX) return;
    this.#warnings.add(message);
    this.host.warn(message);
  }

  #find(url: string, method: string, params: Params | null, expected: ExpectedStatuses | null) {
    return this.#known.get(url)?.find((one) =>
      one.method === method && isSameExpectation(one.expected, expected) &&
      isEqual(one.params, params)
    );
  }

  #remember(url: string, request: KnownRequest): void {
    if (++this.#known_count > REQUESTS_MAX) {
      this.#known.clear();
      this.#known_count = 1;
    }
    let known = this.#known.get(url);
    if (known === undefined) this.#known.set(url, known = []);
    known.unshift(request);
    if (known.length <= REQUESTS_PER_URL_MAX) return;
    known.pop();
    this.#known_count--;
  }

  plan(
    method: string,
    target: Target,
    body: unknown,
    params: Params,
    expected: ExpectedStatuses | null = EXPECTED_BY_DEFAULT,
  ): RequestPlan {
    const options = this.options;
    const user_agent = options.user_agent ?? USER_AGENT;
    const given = Object.entries(params.headers ?? {}).map(
      ([name, value]): Header => [name, String(value)],
    );
    const has = (name: string) => headers.some(([one]) => one.toLowerCase() === name);
    const overridden = params.compression ? /^(cookie|content-encoding)$/i : /^cookie$/i;
    const headers = given.filter(([name]) => !overridden.test(name));
    if (!has("user-agent") && user_agent !== "") headers.push(["User-Agent", user_agent]);
    const plain = encodeBody(body, this);
    if (plain !== null && plain.content_type !== null && !has("content-type")) {
      headers.push(["Content-Type", plain.content_type]);
    }
    demandKnownAuth(params.auth);
    const compressed = plain === null ? null : compress(plain, params.compression ?? "");
    if (compressed !== null) headers.push(["Content-Encoding", compressed.content_encoding]);
    return {
      method,
      target,
      tag_url: target.url,
      name: null,
      headers,
      cookies: requestCookies(given, params.cookies),
      body: compressed?.body ?? plain,
      tags: params.tags,
      expected: params.responseCallback === undefined ? expected : params.responseCallback,
      redirects_max: params.redirects ?? options.max_redirects ?? REDIRECTS_MAX,
      response_type: params.responseType ?? (options.discard_response_bodies ? "none" : "text"),
      timeout_ms: params.timeout === undefined ? REQUEST_TIMEOUT_MS : parseTimeout(params.timeout),
      throws: params.throw ?? this.throws,
    };
  }
}

/** A request ready to send: its bytes, and the tags of its samples. */
export class PreparedRequest implements ExchangeRequest {
  readonly endpoint;
  readonly bytes: Uint8Array;
  readonly is_head: boolean;
  readonly keep_body: boolean;
  readonly is_repeatable: boolean;
  readonly timeout_ms: number;
  readonly cookies: readonly RequestCookie[];
  /** As sent, without Host and Content-Length. */
  readonly headers: readonly Header[];
  /** Tags by the tags of the VU, then by status. */
  readonly #by_base = new Map<TagSet, TagSet[]>();
  #last_base: TagSet | null = null;
  #last_outcomes: TagSet[] = [];

  /** @throws {TypeError} if a header's name or value contains a line end. */
  constructor(
    readonly plan: RequestPlan,
    jar: CookieJar,
    private readonly system_tags: ReadonlySet<string>,
  ) {
    const { method, target, body } = plan;
    this.endpoint = target.endpoint;
    this.cookies = cookiesFor(plan, jar);
    this.headers = [...plan.headers, ...authorizationOf(plan), ...cookieHeader(this.cookies)];
    const host = plan.headers.find(([name]) => name.toLowerCase() === "host")?.[1];
    const request = buildRequest({
      method,
      host: host ?? target.endpoint.host,
      path: target.path,
      headers: this.headers.filter(([name]) => !/^(host|content-length)$/i.test(name)),
      body: body?.bytes ?? (/^(POST|PUT|PATCH)$/.test(method) ? new Uint8Array(0) : undefined),
    });
    this.bytes = request.bytes;
    this.is_head = request.is_head;
    this.keep_body = plan.response_type !== "none";
    this.is_repeatable = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method);
    this.timeout_ms = plan.timeout_ms;
  }

  /** Tags of a response's samples; the same object for the same status and base. */
  responseTags(base: TagSet, status: number, proto: string): TagSet {
    if (base !== this.#last_base) {
      let outcomes = this.#by_base.get(base);
      if (outcomes === undefined) this.#by_base.set(base, outcomes = []);
      this.#last_base = base;
      this.#last_outcomes = outcomes;
    }
    return this.#last_outcomes[status] ??= this.#makeTags(base, status, {
      proto,
      ...(status >= 400 && { error_code: String(1000 + status) }),
    });
  }

  /** Tags of the samples of a failed exchange. */
  failureTags(base: TagSet, error: string, error_code: number): TagSet {
    return this.#makeTags(base, 0, { error, error_code: String(error_code) });
  }

  /**
   * The tag `name` is the URL unless the params, `http.url` or the VU name the request; `url` is
   * then the name too. Tags of the params do not replace what was measured, such as `status`.
   */
  #makeTags(base: TagSet, status: number, more: Record<string, string>): TagSet {
    const { method, tag_url, expected, tags } = this.plan;
    const given = tags?.name ?? this.plan.name ?? base.tags.name;
    const name = maskCredentials(String(given ?? tag_url));
    const system: Record<string, string> = {
      method,
      url: name,
      name,
      status: String(status),
      ...(expected !== null && { expected_response: String(expected.includes(status)) }),
      ...more,
    };
    let set = base;
    for (const tag of Object.keys(tags ?? {})) {
      set = set.with(tag, maskCredentials(String(tags![tag])));
    }
    for (const tag in system) {
      if (this.system_tags.has(tag)) set = set.with(tag, system[tag]);
    }
    return set;
  }
}

/** A URL, and its name if it is a result of `http.url`. */
function namedUrl(url: unknown): { url: string; name: string | null } {
  if (typeof url === "object" && url !== null && "name" in url && "url" in url) {
    return { url: String(url.url), name: String(url.name) };
  }
  return { url: String(url), name: null };
}

/** `"30s"` or milliseconds, in milliseconds. */
function parseTimeout(timeout: string | number): number {
  try {
    return parseDuration(timeout);
  } catch (error) {
    throw new TypeError(`timeout: ${(error as Error).message}, got ${JSON.stringify(timeout)}`);
  }
}

function demandKnownAuth(auth: string | undefined): void {
  if (auth !== undefined && auth !== "" && auth !== "basic") {
    throw new TypeError(
      `auth: must be "basic" with this runner, got "${auth}": use real k6 for it`,
    );
  }
}
