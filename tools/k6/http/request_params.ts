/** The last argument of `http.*`, read and checked. */
import type { CookieJar } from "./cookie_jar.ts";
import type { ExpectedStatuses } from "./expected_statuses.ts";

export type ResponseType = "text" | "binary" | "none";

/** What scripts may give; see k6's `Params`. */
export interface Params {
  auth?: string;
  compression?: string;
  cookies?: Record<string, string | { value?: string; replace?: boolean }>;
  headers?: Record<string, unknown>;
  jar?: CookieJar;
  redirects?: number;
  responseType?: ResponseType;
  tags?: Record<string, unknown>;
  timeout?: string | number;
  responseCallback?: ExpectedStatuses | null;
  throw?: boolean;
}

/**
 * A text that is equal for params that make equal requests, or null where the request has to be
 * made anew each time (cookies, authentication, compression).
 */
export function cacheKey(params: Params): string | null {
  let key = "";
  for (const name in params) {
    const value = params[name as keyof Params];
    switch (name) {
      case "headers":
      case "tags":
        for (const one in value as Record<string, unknown>) {
          key += `\n${name} ${one}: ${(value as Record<string, unknown>)[one]}`;
        }
        break;
      case "responseCallback":
        key += `\nexpect ${(value as ExpectedStatuses | null)?.key}`;
        break;
      case "redirects":
      case "responseType":
      case "timeout":
      case "throw":
        key += `\n${name} ${value}`;
        break;
      default:
        if (value !== undefined && value !== null) return null;
    }
  }
  return key;
}

/** As it is now: scripts may change theirs. */
export function copyOf(params: Params | null): Params | null {
  if (params === null) return null;
  const copy = { ...params };
  if (copy.headers) copy.headers = { ...copy.headers };
  if (copy.tags) copy.tags = { ...copy.tags };
  return copy;
}

/** Whether both surely make equal requests; false is no proof that they do not. */
export function isEqual(known: Params | null, params: Params | null): boolean {
  if (known === null || params === null) return known === params;
  let left = 0;
  for (const name in params) {
    const value = params[name as keyof Params], other = known[name as keyof Params];
    const is_same = name === "headers" || name === "tags"
      ? isEqualRecord(other as Values, value as Values)
      : value === other;
    if (!is_same) return false;
    left++;
  }
  for (const _ in known) left--;
  return left === 0;
}

type Values = Record<string, unknown> | null | undefined;

function isEqualRecord(known: Values, values: Values): boolean {
  if (!known || !values) return known === values;
  let left = 0;
  for (const name in values) {
    const value = values[name];
    // An object may have changed within.
    if (known[name] !== value || typeof value === "object") return false;
    left++;
  }
  for (const _ in known) left--;
  return left === 0;
}
