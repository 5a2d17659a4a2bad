/** Cookies of one VU (RFC 6265). */

/** Cookies in one jar; the oldest are dropped first. */
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
  /** Epoch milliseconds; 0 if not given. */
  expires: number;
}

interface StoredCookie extends Pick<ResponseCookie, "name" | "value" | "path" | "secure"> {
  /** Without a leading dot. */
  domain: string;
  /** Not sent to subdomains. */
  host_only: boolean;
  /** Epoch milliseconds; Infinity for a session cookie. */
  expires_ms: number;
}

/** Options of `jar.set`. */
type CookieOptions =
  & Partial<Pick<ResponseCookie, "domain" | "path" | "max_age" | "secure" | "http_only">>
  & { expires?: string };

/** Null if the header has no name. */
export function parseSetCookie(header: string): ResponseCookie | null {
  const [pair, ...rest] = header.split(";");
  const [name, value] = split(pair);
  if (name === "" || !pair.includes("=")) return null;
  const attributes = new Map(rest.map(split).map(([key, value]) => [key.toLowerCase(), value]));
  const max_age = attributes.get("max-age") ?? "";
  return {
    name,
    value: value.replace(/^"(.*)"$/, "$1"),
    domain: domainOf(attributes.get("domain")),
    path: attributes.get("path") ?? "",
    http_only: attributes.has("httponly"),
    secure: attributes.has("secure"),
    // As in k6, −1 means "now" and 0 means "not given".
    max_age: /^-?\d+$/.test(max_age) ? (Number(max_age) > 0 ? Number(max_age) : -1) : 0,
    expires: Date.parse(attributes.get("expires") ?? "") || 0,
  };
}

/** `name=value`, trimmed. */
function split(pair: string): [name: string, value: string] {
  const [name, ...rest] = pair.split("=");
  return [name.trim(), rest.join("=").trim()];
}

function domainOf(domain = ""): string {
  return domain.replace(/^\./, "").toLowerCase();
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
      domain: domainOf(options?.domain),
      path: options?.path ?? "",
      http_only: options?.http_only ?? false,
      secure: options?.secure ?? false,
      max_age: options?.max_age ?? 0,
      expires: Date.parse(options?.expires ?? "") || 0,
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
    const gone = new Set<unknown>(this.matching(url));
    this.#cookies = this.#cookies.filter((one) => one.name !== name || !gone.has(one));
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
