/** Cookies of one VU (RFC 6265). */

/** Cookies in one jar; the oldest go first. */
const COOKIES_MAX = 1_000;

/** A cookie in `response.cookies`. */
interface ResponseCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  http_only: boolean;
  secure: boolean;
  max_age: number;
  /** Epoch milliseconds; 0 if none is given. */
  expires: number;
}

interface StoredCookie {
  readonly name: string;
  readonly value: string;
  /** Without a leading dot. */
  readonly domain: string;
  /** Not sent to subdomains. */
  readonly host_only: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Epoch milliseconds; Infinity for a session cookie. */
  readonly expires_ms: number;
}

/** Options of `jar.set`. */
interface CookieOptions {
  domain?: string;
  path?: string;
  expires?: string;
  max_age?: number;
  secure?: boolean;
  http_only?: boolean;
}

/** Null if the header has no name. */
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
        // As in k6, −1 means "now" and 0 means "not given".
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

  /** Values, by name, of the cookies that a request to the URL carries. */
  cookiesForURL(url: string): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const { name, value } of this.matching(url)) (found[name] ??= []).push(value);
    return found;
  }

  /** Longest paths first, as they are sent. */
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

  /** Stores a cookie of a response from the URL; cookies for foreign domains are ignored. */
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
