/** Cookies of one VU (RFC 6265): kept from answers, sent with the requests they belong to. */
import { COOKIES_MAX } from "./limits.ts";

/** A cookie as scripts see it in `response.cookies`. */
export interface ResponseCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  http_only: boolean;
  secure: boolean;
  max_age: number;
  /** Epoch milliseconds; 0 where there is none. */
  expires: number;
}

interface StoredCookie {
  readonly name: string;
  readonly value: string;
  /** Without a leading dot. */
  readonly domain: string;
  /** Whether only that very host gets it. */
  readonly host_only: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Epoch milliseconds; Infinity: until the jar is emptied. */
  readonly expires_ms: number;
}

/** What `jar.set` takes besides name and value. */
export interface CookieOptions {
  domain?: string;
  path?: string;
  expires?: string;
  max_age?: number;
  secure?: boolean;
  http_only?: boolean;
}

/** @throws never: a Set-Cookie without a name is null. */
export function parseSetCookie(header: string): ResponseCookie | null {
  const [pair, ...attributes] = header.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim();
  if (equals < 0 || name === "") return null;
  const cookie: ResponseCookie = {
    name,
    value: pair.slice(equals + 1).trim().replace(/^"(.*)"$/, "$1"),
    domain: "",
    path: "",
    http_only: false,
    secure: false,
    max_age: 0,
    expires: 0,
  };
  for (const attribute of attributes) {
    const [key, ...rest] = attribute.split("=");
    const value = rest.join("=").trim();
    switch (key.trim().toLowerCase()) {
      case "domain":
        cookie.domain = value.replace(/^\./, "").toLowerCase();
        break;
      case "path":
        cookie.path = value;
        break;
      case "expires":
        cookie.expires = Date.parse(value) || 0;
        break;
      case "max-age":
        // k6 gives −1 for "now"; 0 stands for "none given".
        if (/^-?\d+$/.test(value)) cookie.max_age = Number(value) > 0 ? Number(value) : -1;
        break;
      case "secure":
        cookie.secure = true;
        break;
      case "httponly":
        cookie.http_only = true;
    }
  }
  return cookie;
}

export class CookieJar {
  readonly #epoch_ms: () => number;
  #cookies: StoredCookie[] = [];

  constructor(epoch_ms: () => number) {
    this.#epoch_ms = epoch_ms;
  }

  get is_empty(): boolean {
    return this.#cookies.length === 0;
  }

  /** Values by name of all cookies a request to the URL would carry. */
  cookiesForURL(url: string): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const { name, value } of this.matching(url)) (found[name] ??= []).push(value);
    return found;
  }

  /** Longer paths first, as they are sent. */
  matching(url: string): { name: string; value: string }[] {
    if (this.is_empty) return [];
    const { hostname, pathname, protocol } = new URL(url);
    const now_ms = this.#epoch_ms();
    return this.#cookies.filter((cookie) =>
      cookie.expires_ms > now_ms && (!cookie.secure || protocol === "https:") &&
      (hostname === cookie.domain ||
        (!cookie.host_only && hostname.endsWith(`.${cookie.domain}`))) &&
      pathMatches(pathname, cookie.path)
    ).sort((a, b) => b.path.length - a.path.length);
  }

  set(url: string, name: string, value: string, options: CookieOptions | null = {}): void {
    this.store(url, {
      name: String(name),
      value: String(value),
      domain: options?.domain?.replace(/^\./, "").toLowerCase() ?? "",
      path: options?.path ?? "",
      http_only: options?.http_only ?? false,
      secure: options?.secure ?? false,
      max_age: options?.max_age ?? 0,
      expires: options?.expires === undefined ? 0 : Date.parse(options.expires) || 0,
    });
  }

  /** Takes a cookie an answer from the URL sets; one for a foreign domain is not taken. */
  store(url: string, cookie: ResponseCookie): void {
    const { hostname, pathname } = new URL(url);
    const domain = cookie.domain || hostname;
    if (hostname !== domain && !hostname.endsWith(`.${domain}`)) return;
    const path = cookie.path.startsWith("/") ? cookie.path : defaultPath(pathname);
    const expires_ms = cookie.max_age !== 0
      ? this.#epoch_ms() + cookie.max_age * 1000
      : cookie.expires || Infinity;
    this.#cookies = this.#cookies.filter((one) =>
      one.name !== cookie.name || one.domain !== domain || one.path !== path
    );
    if (expires_ms <= this.#epoch_ms()) return;
    const { name, value, secure } = cookie;
    const host_only = cookie.domain === "";
    this.#cookies.push({ name, value, domain, host_only, path, secure, expires_ms });
    if (this.#cookies.length > COOKIES_MAX) this.#cookies.shift();
  }

  clear(url: string): void {
    const gone = new Set<unknown>(this.matching(url));
    this.#cookies = this.#cookies.filter((one) => !gone.has(one));
  }

  delete(url: string, name: string): void {
    const gone = new Set<unknown>(this.matching(url).filter((one) => one.name === name));
    this.#cookies = this.#cookies.filter((one) => !gone.has(one));
  }

  empty(): void {
    if (this.#cookies.length > 0) this.#cookies = [];
  }
}

function pathMatches(path: string, of_cookie: string): boolean {
  return path === of_cookie || (path.startsWith(of_cookie) &&
    (of_cookie.endsWith("/") || path[of_cookie.length] === "/"));
}

function defaultPath(pathname: string): string {
  const slash = pathname.lastIndexOf("/");
  return slash <= 0 ? "/" : pathname.slice(0, slash);
}
