/** The headers of a request that come from more than one place: cookies and credentials. */
import { type CookieJar, headerCookies, scriptCookie, type SentCookie } from "./cookie_jar.ts";
import type { Target } from "./exchange.ts";
import type { RequestPlan } from "./request_factory.ts";
import type { Params } from "./request_params.ts";

export type Header = readonly [name: string, value: string];

/** A cookie of one request, which the jar does not keep. */
export interface RequestCookie extends SentCookie {
  /** Is sent instead of the jar's cookies of that name. */
  readonly replace: boolean;
}

/** From the URL's credentials, unless the script sets the header. */
export function authorizationOf({ target: { credentials }, headers }: RequestPlan): Header[] {
  if (credentials === null || headers.some(([name]) => /^authorization$/i.test(name))) return [];
  return [["Authorization", `Basic ${new TextEncoder().encode(credentials).toBase64()}`]];
}

/** The cookies of the Cookie headers, in any case, and of the params. */
export function requestCookies(
  headers: readonly Header[],
  cookies: Params["cookies"],
): RequestCookie[] {
  const own: RequestCookie[] = [];
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== "cookie") continue;
    own.push(...headerCookies(value).map((cookie) => ({ ...cookie, replace: false })));
  }
  for (const [name, cookie] of Object.entries(cookies ?? {})) {
    const { value, replace = false } = typeof cookie === "object" && cookie !== null
      ? cookie
      : { value: cookie };
    own.push({ ...scriptCookie(name, value), replace: Boolean(replace) });
  }
  return own;
}

/** The cookies to send: the jar's in their order (RFC 6265 §5.4), then the request's. */
export function cookiesFor({ cookies, target }: RequestPlan, jar: CookieJar): RequestCookie[] {
  if (jar.is_empty) return [...cookies];
  const replaced = new Set(cookies.map(({ name, replace }) => replace ? name : null));
  const kept = jar.matching(target.url).filter(({ name }) => !replaced.has(name))
    .map(({ name, pair }) => ({ name, pair, replace: false }));
  return [...kept, ...cookies];
}

/** One header for all cookies, as RFC 6265 §5.4 demands. */
export function cookieHeader(cookies: readonly SentCookie[]): Header[] {
  return cookies.length === 0 ? [] : [["Cookie", cookies.map(({ pair }) => pair).join("; ")]];
}

/**
 * The request's own cookies after a redirect, as Go's client keeps them: for the host and its
 * subdomains, and without those that the response has set anew.
 */
export function cookiesAfter(
  { cookies, target: from }: RequestPlan,
  to: Target,
  renewed: ReadonlySet<string>,
) {
  if (cookies.length === 0) return cookies;
  const { hostname } = from.endpoint, next = to.endpoint.hostname;
  if (next !== hostname && !next.endsWith(`.${hostname}`)) return [];
  return cookies.filter(({ name }) => !renewed.has(name));
}
