/** The argument of `http.batch`: an array or an object of requests, each in one of three shapes. */
import type { Params } from "../http/request_params.ts";

export interface BatchEntry {
  readonly key: string;
  readonly method: string;
  readonly url: unknown;
  readonly body: unknown;
  readonly params: Params | null;
}

/**
 * ```ts
 * readBatch(["http://a", ["POST", "http://b", "x"], { method: "GET", url: "http://c" }]).length; // 3
 * ```
 *
 * @throws {TypeError} naming the entry that is none of the shapes.
 */
export function readBatch(requests: unknown): BatchEntry[] {
  if (typeof requests !== "object" || requests === null) {
    throw new TypeError(`http.batch: must be an array or an object, got ${String(requests)}`);
  }
  return Object.entries(requests).map(([key, entry]) => readEntry(key, entry));
}

function readEntry(key: string, entry: unknown): BatchEntry {
  if (typeof entry === "string") {
    return { key, method: "GET", url: entry, body: null, params: null };
  }
  if (Array.isArray(entry) && entry.length >= 2 && typeof entry[0] === "string") {
    const [method, url, body = null, params = null] = entry;
    return { key, method, url, body, params };
  }
  if (typeof entry === "object" && entry !== null && "url" in entry) {
    const { method = "GET", url, body = null, params = null } = entry as Partial<BatchEntry>;
    const is_named = "name" in entry && !("method" in entry);
    return { key, method, url: is_named ? entry : url, body, params };
  }
  throw new TypeError(
    `http.batch: entry ${key} must be a URL, [method, url, body, params] or ` +
      "{method, url, body, params}",
  );
}
