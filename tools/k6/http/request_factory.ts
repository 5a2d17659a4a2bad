/** Builds requests and remembers those that scripts repeat. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { CookieJar } from "./cookie_jar.ts";
import { parseTarget, type Target } from "./exchange.ts";
import { PreparedRequest, type RequestPlan, type SystemTags } from "./prepared_request.ts";
import { encodeBody, type RequestBody } from "./request_body.ts";
import {
  cacheKey,
  copyOf,
  EXPECTED_BY_DEFAULT,
  type ExpectedStatuses,
  isEqual,
  type Params,
} from "./request_params.ts";

/** Requests remembered. */
const PREPARED_MAX = 10_000;

/** Default `timeout` of a request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Options of all requests of a run. */
interface RequestSettings {
  readonly user_agent: string;
  readonly max_redirects: number;
  readonly discard_response_bodies: boolean;
  readonly throws: boolean;
  readonly system_tags: SystemTags;
  /** `"30s"` or milliseconds, in milliseconds. @throws {TypeError} */
  readonly parseTimeout: (timeout: string | number) => number;
  /** Separates the parts of a multipart form. */
  readonly boundary: () => string;
}

/** The result of `http.url`: a URL and the name of its samples. */
interface NamedUrl {
  readonly url: string;
  readonly name: string;
}

/** The latest request for a URL, and its arguments. */
interface Latest {
  readonly method: string;
  readonly expected: ExpectedStatuses | null;
  readonly params: Params | null;
  readonly request: PreparedRequest;
}

export class RequestFactory {
  readonly #settings: RequestSettings;
  readonly #known = new Map<string, PreparedRequest>();
  /** By URL: found without building a cache key. */
  readonly #latest = new Map<string, Latest>();

  constructor(settings: RequestSettings) {
    this.#settings = settings;
  }

  get throws(): boolean {
    return this.#settings.throws;
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
    const is_cacheable = typeof url === "string" && (body === null || body === undefined) &&
      jar.is_empty;
    if (!is_cacheable) return this.#make(method, url, body, params ?? {}, jar, expected);
    const latest = this.#latest.get(url);
    if (
      latest !== undefined && latest.method === method && latest.expected === expected &&
      isEqual(latest.params, params)
    ) return latest.request;
    const of_params = params === null ? "" : cacheKey(params);
    if (of_params === null) return this.#make(method, url, body, params ?? {}, jar, expected);
    let key = `${method} ${url}${of_params}`;
    if (expected !== EXPECTED_BY_DEFAULT) key += `\n${expected?.key}`;
    const request = this.#known.get(key) ??
      this.#make(method, url, body, params ?? {}, jar, expected);
    if (request === null) return null;
    if (this.#known.size >= PREPARED_MAX) {
      this.#known.clear();
      this.#latest.clear();
    }
    this.#known.set(key, request);
    this.#latest.set(url, { method, expected, params: copyOf(params), request });
    return request;
  }

  /** Adds the cookies that the jar has for the URL. */
  build(plan: RequestPlan, jar: CookieJar): PreparedRequest {
    const cookies = jar.matching(plan.target.url).map(({ name, value }) => `${name}=${value}`);
    return new PreparedRequest(plan, cookies.join("; "), this.#settings.system_tags);
  }

  #make(
    method: string,
    url: unknown,
    body: unknown,
    params: Params,
    jar: CookieJar,
    expected: ExpectedStatuses | null,
  ): PreparedRequest | null {
    const named = namedUrl(url);
    const target = parseTarget(named.url);
    if (target === null) return null;
    const encoded = encodeBody(body, this.#settings.boundary());
    const plan = this.plan(method.toUpperCase(), target, encoded, params, expected);
    const tag_url = target.credentials === null ? named.url : target.url;
    const tag_name = named.name === named.url ? tag_url : named.name;
    const { own, replaced } = ownCookies(params.cookies);
    const cookies = jar.matching(target.url).filter(({ name }) => !replaced.has(name))
      .map(({ name, value }) => `${name}=${value}`);
    const cookie = [...cookies, ...own].join("; ");
    return new PreparedRequest({ ...plan, tag_url, tag_name }, cookie, this.#settings.system_tags);
  }

  plan(
    method: string,
    target: Target,
    body: RequestBody | null,
    params: Params,
    expected: ExpectedStatuses | null = EXPECTED_BY_DEFAULT,
  ): RequestPlan {
    const settings = this.#settings;
    const headers: [string, string][] = [];
    const has = (name: string) => headers.some(([one]) => one.toLowerCase() === name);
    for (const [name, value] of Object.entries(params.headers ?? {})) {
      headers.push([name, String(value)]);
    }
    if (!has("user-agent") && settings.user_agent !== "") {
      headers.push(["User-Agent", settings.user_agent]);
    }
    if (body !== null && body.content_type !== null && !has("content-type")) {
      headers.push(["Content-Type", body.content_type]);
    }
    const credentials = target.credentials;
    if (credentials !== null && !has("authorization")) {
      headers.push(["Authorization", `Basic ${base64(credentials)}`]);
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
      redirects_max: params.redirects ?? settings.max_redirects,
      response_type: params.responseType ?? (settings.discard_response_bodies ? "none" : "text"),
      timeout_ms: params.timeout === undefined
        ? REQUEST_TIMEOUT_MS
        : settings.parseTimeout(params.timeout),
      throws: params.throw ?? settings.throws,
    };
  }
}

function namedUrl(url: unknown): NamedUrl {
  if (typeof url === "object" && url !== null && "name" in url && "url" in url) {
    return url as NamedUrl;
  }
  return { url: String(url), name: String(url) };
}

function ownCookies(cookies: Params["cookies"]): { own: string[]; replaced: Set<string> } {
  const own: string[] = [], replaced = new Set<string>();
  for (const [name, cookie] of Object.entries(cookies ?? {})) {
    const { value = "", replace = false } = typeof cookie === "string" ? { value: cookie } : cookie;
    own.push(`${name}=${value}`);
    if (replace) replaced.add(name);
  }
  return { own, replaced };
}

function compress(body: RequestBody | null, algorithms: string | undefined): RequestBody | null {
  if (body === null || !algorithms) return null;
  let { bytes } = body;
  for (const algorithm of algorithms.split(",").map((name) => name.trim())) {
    if (algorithm === "gzip") bytes = gzipSync(bytes);
    else if (algorithm === "deflate") bytes = deflateSync(bytes);
    else if (algorithm === "br") bytes = brotliCompressSync(bytes);
    else throw new TypeError(`compression: must be gzip, deflate or br, got "${algorithm}"`);
  }
  return { ...body, bytes };
}

function demandKnownAuth(auth: string | undefined): void {
  if (auth !== undefined && auth !== "" && auth !== "basic") {
    throw new TypeError(
      `auth: must be "basic" with this runner, got "${auth}": use real k6 for it`,
    );
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
