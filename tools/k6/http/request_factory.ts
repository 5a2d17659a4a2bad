/** Builds requests and remembers those that scripts repeat. */
import { buildRequest } from "../../http/mod.ts";
import { parseDuration } from "../duration.ts";
import type { TagSet } from "../metrics/metric.ts";
import { type RunOptions, SYSTEM_TAGS_DEFAULT } from "../options/run_options.ts";
import type { CookieJar } from "./cookie_jar.ts";
import { type ExchangeRequest, parseTarget, type Target } from "./exchange.ts";
import { compress, encodeBody, type RequestBody } from "./request_body.ts";
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

/** Requests remembered: over all, and for one URL. */
const REQUESTS_MAX = 10_000, REQUESTS_PER_URL_MAX = 100;
/** Defaults of options and params; the timeout is in milliseconds. */
const USER_AGENT = "k6-compatible-runner/1.0", REDIRECTS_MAX = 10, REQUEST_TIMEOUT_MS = 60_000;

/** The checked arguments and options of a request. */
interface RequestPlan {
  readonly method: string;
  readonly target: Target;
  /** The tags `url` and `name`. */
  readonly tag_url: string;
  readonly tag_name: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
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

export class RequestFactory {
  readonly #system_tags: ReadonlySet<string>;
  readonly #known = new Map<string, KnownRequest[]>();
  #known_count = 0;

  /** @param random Makes the boundaries of multipart forms. */
  constructor(
    private readonly options: Partial<RunOptions>,
    private readonly random: () => number,
  ) {
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
    const encoded = encodeBody(body, this.random);
    const plan = this.plan(method.toUpperCase(), target, encoded, params ?? {}, expected);
    const tag_url = target.credentials === null ? named.url : target.url;
    const tag_name = named.name === named.url ? tag_url : named.name;
    const { own, replaced } = ownCookies(params?.cookies);
    const cookies = cookiesOf(jar, target).filter(([name]) => !replaced.has(name));
    const request = this.#make({ ...plan, tag_url, tag_name }, [...cookies, ...own]);
    if (is_simple && isRepeatable(params)) {
      this.#remember(url, { method, params: copyOf(params), expected, request });
    }
    return request;
  }

  /** Adds the cookies that the jar has for the URL. */
  build(plan: RequestPlan, jar: CookieJar): PreparedRequest {
    return this.#make(plan, cookiesOf(jar, plan.target));
  }

  #make(plan: RequestPlan, cookies: readonly Cookie[]): PreparedRequest {
    const cookie = cookies.map(([name, value]) => `${name}=${value}`).join("; ");
    return new PreparedRequest(plan, cookie, this.#system_tags);
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
    body: RequestBody | null,
    params: Params,
    expected: ExpectedStatuses | null = EXPECTED_BY_DEFAULT,
  ): RequestPlan {
    const options = this.options;
    const user_agent = options.user_agent ?? USER_AGENT;
    const headers = Object.entries(params.headers ?? {}).map(
      ([name, value]): [string, string] => [name, String(value)],
    );
    const has = (name: string) => headers.some(([one]) => one.toLowerCase() === name);
    if (!has("user-agent") && user_agent !== "") headers.push(["User-Agent", user_agent]);
    if (body !== null && body.content_type !== null && !has("content-type")) {
      headers.push(["Content-Type", body.content_type]);
    }
    const { credentials } = target;
    if (credentials !== null && !has("authorization")) {
      headers.push(["Authorization", `Basic ${new TextEncoder().encode(credentials).toBase64()}`]);
    }
    demandKnownAuth(params.auth);
    const compressed = compress(body, params.compression);
    if (compressed !== null) headers.push(["Content-Encoding", params.compression!.trim()]);
    return {
      method,
      target,
      tag_url: target.url,
      tag_name: target.url,
      headers,
      body: compressed ?? body,
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
  /** Tags by the tags of the VU, then by status. */
  readonly #by_base = new Map<TagSet, TagSet[]>();
  #last_base: TagSet | null = null;
  #last_outcomes: TagSet[] = [];

  /** @throws {TypeError} if a header's name or value contains a line end. */
  constructor(
    readonly plan: RequestPlan,
    cookie: string,
    private readonly system_tags: ReadonlySet<string>,
  ) {
    const { method, target, headers, body } = plan;
    this.endpoint = target.endpoint;
    const all = cookie === "" ? headers : [...headers, ["Cookie", cookie] as const];
    const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
    const request = buildRequest({
      method,
      host: host ?? target.endpoint.host,
      path: target.path,
      headers: all.filter(([name]) => !/^(host|content-length)$/i.test(name)),
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

  #makeTags(base: TagSet, status: number, more: Record<string, string>): TagSet {
    const { method, tag_url, tag_name, expected, tags } = this.plan;
    const system: Record<string, string> = {
      method,
      url: tag_url,
      name: tag_name,
      status: String(status),
      ...(expected !== null && { expected_response: String(expected.includes(status)) }),
      ...more,
    };
    let set = base;
    for (const name in system) {
      if (this.system_tags.has(name)) set = set.with(name, system[name]);
    }
    return set.withAll(tags);
  }
}

/** A URL and the name of its samples, which differ for a result of `http.url`. */
function namedUrl(url: unknown): { url: string; name: string } {
  if (typeof url === "object" && url !== null && "name" in url && "url" in url) {
    return url as { url: string; name: string };
  }
  return { url: String(url), name: String(url) };
}

type Cookie = readonly [name: string, value: string];

function cookiesOf(jar: CookieJar, { url }: Target): Cookie[] {
  return jar.matching(url).map(({ name, value }) => [name, value]);
}

/** The cookies of a request's params, and the names they replace. */
function ownCookies(cookies: Params["cookies"]): { own: Cookie[]; replaced: Set<string> } {
  const own: Cookie[] = [], replaced = new Set<string>();
  for (const [name, cookie] of Object.entries(cookies ?? {})) {
    const { value = "", replace = false } = typeof cookie === "string" ? { value: cookie } : cookie;
    own.push([name, value]);
    if (replace) replaced.add(name);
  }
  return { own, replaced };
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
