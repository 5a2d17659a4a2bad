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
