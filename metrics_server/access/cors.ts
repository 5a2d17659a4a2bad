/** Pages that may read answers (CORS): https://fetch.spec.whatwg.org/#http-cors-protocol */
import {
  HEADER_DATA_AGE_MS,
  HEADER_MISSING_SOURCES,
  HEADER_OLDEST_ROW_AGE_MS,
  HEADER_ROWS_TOO_OLD,
  HEADER_SHARD,
  HEADER_SNAPSHOT_TS,
} from "../../contracts/mod.ts";
import { commaList } from "../../platform/mod.ts";

/** Headers that a page may read besides those that every page may. */
const EXPOSED = [
  HEADER_DATA_AGE_MS,
  HEADER_SNAPSHOT_TS,
  HEADER_OLDEST_ROW_AGE_MS,
  HEADER_ROWS_TOO_OLD,
  HEADER_MISSING_SOURCES,
  HEADER_SHARD,
  "etag",
  "link",
  "retry-after",
].join(", ");

const REQUEST_HEADERS = "authorization, if-none-match, last-event-id";

/** How long a browser may remember a preflight's answer. */
const PREFLIGHT_S = 600;

/** Why the setting is not a list of origins; undefined if it is one. */
export function corsOriginsProblem(setting: string): string | undefined {
  const wrong = commaList(setting).find((origin) =>
    origin !== "*" && (!/^https?:/.test(origin) || URL.parse(origin)?.origin !== origin)
  );
  if (wrong === undefined) return undefined;
  return `${wrong}: must be origins separated by commas, or *, e.g. https://grafana.example`;
}

/** Adds to answers which page may read them. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** @param setting `CORS_ORIGINS`, not empty. */
  constructor(setting: string) {
    this.#origins = new Set(commaList(setting));
  }

  /** The answer to a browser that asks before a page's request; null for other requests. */
  preflight({ method, headers }: Pick<Request, "method" | "headers">): Response | null {
    if (method !== "OPTIONS" || !headers.has("access-control-request-method")) return null;
    if (this.#allowed(headers) === null) return null;
    return new Response(null, {
      status: 204,
      headers: {
        "access-control-allow-methods": "GET, HEAD",
        "access-control-allow-headers": REQUEST_HEADERS,
        "access-control-max-age": String(PREFLIGHT_S),
      },
    });
  }

  mark({ headers }: Pick<Request, "headers">, response: Response): Response {
    // The headers of an upgrade cannot be changed.
    if (response.status === 101) return response;
    const origin = this.#allowed(headers);
    if (origin !== "*") response.headers.append("vary", "origin");
    if (origin === null) return response;
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-expose-headers", EXPOSED);
    return response;
  }

  #allowed(headers: Headers): string | null {
    if (this.#origins.has("*")) return "*";
    const origin = headers.get("origin");
    return origin !== null && this.#origins.has(origin) ? origin : null;
  }
}
