/** `Params`, the last argument of `http.*`. */
import type { CookieJar } from "./cookie_jar.ts";

export type ResponseType = "text" | "binary" | "none";

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

const REPEATABLE = new Set(
  ["headers", "redirects", "responseCallback", "responseType", "tags", "throw", "timeout"],
);

/** False if each request must be built anew (cookies, authentication, compression). */
export function isRepeatable(params: Params | null): boolean {
  for (const name in params) {
    const value = params[name as keyof Params];
    if (!REPEATABLE.has(name) && value !== undefined && value !== null) return false;
  }
  return true;
}

export function isSameExpectation(
  a: ExpectedStatuses | null | undefined,
  b: ExpectedStatuses | null | undefined,
): boolean {
  return a === b || (!!a && !!b && a.key === b.key);
}

/** Scripts may change their object later. */
export function copyOf(params: Params | null): Params | null {
  if (params === null) return null;
  const copy = { ...params };
  if (copy.headers) copy.headers = { ...copy.headers };
  if (copy.tags) copy.tags = { ...copy.tags };
  return copy;
}

/** True if both make equal requests; may be false even so. */
export function isEqual(known: Params | null, params: Params | null): boolean {
  if (known === null || params === null) return known === params;
  let left = 0;
  for (const name in params) {
    const value = params[name as keyof Params], other = known[name as keyof Params];
    const is_same = name === "headers" || name === "tags"
      ? isEqualRecord(other as Values, value as Values)
      : value === other || (name === "responseCallback" &&
        isSameExpectation(other as ExpectedStatuses, value as ExpectedStatuses));
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
    // A nested object may have changed.
    if (known[name] !== value || typeof value === "object") return false;
    left++;
  }
  for (const _ in known) left--;
  return left === 0;
}

/** Statuses that do not count as failed: the result of `http.expectedStatuses(…)`. */
export class ExpectedStatuses {
  /** Equal for equal ranges. */
  readonly key: string;
  readonly #ranges: readonly (readonly [min: number, max: number])[];

  constructor(ranges: readonly (readonly [number, number])[]) {
    this.#ranges = ranges;
    this.key = ranges.join(";");
  }

  includes(status: number): boolean {
    for (const [min, max] of this.#ranges) if (status >= min && status <= max) return true;
    return false;
  }
}

/** The statuses expected unless a script sets others. */
export const EXPECTED_BY_DEFAULT = new ExpectedStatuses([[200, 399]]);

/** @throws {TypeError} if an argument is neither a status nor a range. */
export function expectedStatuses(...statuses: unknown[]): ExpectedStatuses {
  if (statuses.length === 0) throw new TypeError("http.expectedStatuses: no arguments");
  return new ExpectedStatuses(statuses.map((status) => {
    if (Number.isInteger(status)) return [status as number, status as number];
    const { min, max } = (status ?? {}) as { min?: unknown; max?: unknown };
    if (Number.isInteger(min) && Number.isInteger(max)) return [min as number, max as number];
    throw new TypeError(
      `http.expectedStatuses: must be whole numbers or {min, max}, got ${JSON.stringify(status)}`,
    );
  }));
}
