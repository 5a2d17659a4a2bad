/** Cookies of one VU (RFC 6265). */
import { maskCredentials } from "./exchange.ts";
import { endOf, parseCookieDate, type SetCookie } from "./set_cookie.ts";

/** Cookies in one jar; the oldest are dropped first. */
const COOKIES_MAX = 1_000;

/** A cookie as a request sends it. */
export interface SentCookie {
  readonly name: string;
  /** `name=value`. */
  readonly pair: string;
}

interface StoredCookie extends SentCookie {
  /** Without quotes. */
  readonly value: string;
  /** In lower case, without a leading dot. */
  readonly domain: string;
  /** Not sent to subdomains. */
  readonly host_only: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Epoch milliseconds; Infinity for a session cookie. */
  readonly expires_ms: number;
}

/** Options of `jar.set`; `expires` is a date such as `Mon, 02 Jan 2034 15:04:05 GMT`. */
interface CookieOptions {
  domain?: string;
  path?: string;
  max_age?: number;
  secure?: boolean;
  http_only?: boolean;
  expires?: string | Date;
}

export class CookieJar {
  readonly #epoch_ms: () => number;
  /** In order of creation. */
  #cookies: StoredCookie[] = [];

  constructor(epoch_ms: () => number = Date.now) {
    this.#epoch_ms = epoch_ms;
  }

  get is_empty(): boolean {
    return this.#cookies.length === 0;
  }

  /** Values, by name, of the cookies that a request to the URL carries. */
  cookiesForURL(url: string): Record<string, string[]> {
    const by_name = Map.groupBy(this.matching(url), ({ name }) => name);
    return Object.fromEntries(
      by_name.entries().map(([name, cookies]) => [name, cookies.map(({ value }) => value)]),
    );
  }

  /** In the order they are sent (§5.4): longest paths first, then the oldest. */
  matching(url: string): readonly StoredCookie[] {
    if (this.is_empty) return [];
    const { hostname, pathname, protocol } = parsed(url);
    const now_ms = this.#epoch_ms();
    return this.#cookies.filter((cookie) =>
      cookie.expires_ms > now_ms && (!cookie.secure || protocol === "https:") &&
      (hostname === cookie.domain || (!cookie.host_only && isWithin(hostname, cookie.domain))) &&
      pathMatches(pathname, cookie.path)
    ).sort((a, b) => b.path.length - a.path.length);
  }

  /** @throws {TypeError} if the URL or `expires` is invalid. */
  set(url: string, name: string, value: unknown, options: CookieOptions | null = {}): void {
    const { domain = "", path = "", secure = false, max_age = 0, expires } = options ?? {};
    const expires_ms = expires instanceof Date
      ? expires.getTime()
      : parseCookieDate(String(expires ?? ""));
    if (expires !== undefined && expires !== null && expires !== "" && expires_ms === null) {
      throw new TypeError(
        `jar.set: expires must be a date such as "Mon, 02 Jan 2034 15:04:05 GMT", got "${expires}"`,
      );
    }
    this.#store(url, domain, path, {
      ...scriptCookie(String(name), value),
      value: String(value ?? ""),
      secure,
      expires_ms: endOf(Number(max_age) || 0, expires_ms, this.#epoch_ms()),
    });
  }

  /** Stores a cookie of a response from the URL; cookies for foreign domains are ignored. */
  store(url: string, { cookie, pair, expires_ms }: SetCookie): void {
    const { name, value, domain, path, secure } = cookie;
    this.#store(url, domain, path, { name, value, pair, secure, expires_ms });
  }

  /** A cookie of the same name, domain and path keeps its place (§5.3). */
  #store(
    url: string,
    domain_attribute: string,
    path_attribute: string,
    cookie: Omit<StoredCookie, "domain" | "host_only" | "path">,
  ): void {
    const { hostname, pathname } = parsed(url);
    const domain = domain_attribute === "" ? hostname : domainOf(domain_attribute, hostname);
    if (domain === null || (hostname !== domain && !isWithin(hostname, domain))) return;
    const path = path_attribute.startsWith("/") ? path_attribute : defaultPath(pathname);
    const host_only = domain_attribute === "";
    const stored = { ...cookie, domain, host_only, path };
    const known = this.#cookies.findIndex((one) =>
      one.name === cookie.name && one.domain === domain && one.path === path
    );
    const is_over = cookie.expires_ms <= this.#epoch_ms();
    if (known >= 0) this.#cookies.splice(known, 1, ...(is_over ? [] : [stored]));
    else if (!is_over) this.#cookies.push(stored);
    if (this.#cookies.length > COOKIES_MAX) this.#cookies.shift();
  }

  clear(url: string): void {
    const gone = new Set<unknown>(this.matching(url));
    this.#cookies = this.#cookies.filter((one) => !gone.has(one));
  }

  delete(url: string, name: string): void {
    const gone = new Set<unknown>(this.matching(url));
    this.#cookies = this.#cookies.filter((one) => one.name !== name || !gone.has(one));
  }

  empty(): void {
    if (this.#cookies.length > 0) this.#cookies = [];
  }
}

/**
 * A cookie of `jar.set` or `params.cookies`, written as Go's `http.Cookie`: bytes that no cookie
 * may contain are left out, a value with a space or a comma is quoted.
 */
export function scriptCookie(name: string, value: unknown): SentCookie {
  const text = String(value ?? "").replace(/[^\x20\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]/g, "");
  const sent = /[ ,]/.test(text) ? `"${text}"` : text;
  return { name, pair: `${name.replace(/[\r\n]/g, "-")}=${sent}` };
}

/** The cookies of a Cookie header, each unchanged. */
export function headerCookies(header: string): SentCookie[] {
  return header.split(";").map((pair) => pair.trim()).filter((pair) => pair !== "")
    .map((pair) => ({ name: pair.split("=", 1)[0].trim(), pair }));
}

/** @throws {TypeError} if the URL is invalid. */
function parsed(url: string): URL {
  const found = URL.parse(url);
  if (found === null) {
    throw new TypeError(`Cannot use cookies of ${maskCredentials(String(url))}: must be a URL`);
  }
  return found;
}

/**
 * The host of a Domain attribute (§5.2.3); null if it is not one. A top level such as `com` stands
 * for the site of the response, its last two labels: sites share no cookies.
 */
function domainOf(attribute: string, hostname: string): string | null {
  const name = attribute.replace(/^\./, "");
  const host = /^[^/?#@:\\]+$/.test(name) ? URL.parse(`http://${name}`)?.hostname : undefined;
  if (host === undefined || host.startsWith(".") || host.endsWith(".")) return null;
  const is_top_level = !host.includes(".") && isWithin(hostname, host);
  return is_top_level ? hostname.split(".").slice(-2).join(".") : host;
}

/** The host is a subdomain. An IP address has none (§5.1.3): `0.0.1` is read as `0.0.0.1`. */
function isWithin(hostname: string, domain: string): boolean {
  return hostname.endsWith(`.${domain}`);
}

function pathMatches(path: string, of_cookie: string): boolean {
  return path === of_cookie || (path.startsWith(of_cookie) &&
    (of_cookie.endsWith("/") || path[of_cookie.length] === "/"));
}

function defaultPath(pathname: string): string {
  const slash = pathname.lastIndexOf("/");
  return slash <= 0 ? "/" : pathname.slice(0, slash);
}
