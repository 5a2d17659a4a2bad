/** Module `k6/http`. */
import { CookieJar } from "../http/cookie_jar.ts";
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import { FileData } from "../http/form.ts";
import { type ExpectedStatuses, expectedStatuses, type Params } from "../http/request_params.ts";
import type { Response } from "../http/response.ts";
import type { RequestSteps } from "../http/session.ts";
import { currentVu, type Vu } from "../script/vu.ts";
import { blocksOthers } from "./core.ts";

export { CookieJar, expectedStatuses, FileData };

/** Sends a request; the VU continues until the response arrives. */
export function asyncRequest(
  method: string,
  url: unknown,
  body?: unknown,
  params?: Params | null,
): Promise<Response> {
  const vu = currentVu();
  demandNotInit(vu, "asyncRequest");
  return params === undefined || params === null || params.jar === undefined
    ? send(vu, method, url, body, params ?? null)
    : drive(vu, vu.http.request(method, url, body, params));
}

/** A faster {@link drive} for requests of one exchange, which nearly all are. */
function send(
  vu: Vu,
  method: string,
  url: unknown,
  body: unknown,
  params: Params | null,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { http } = vu;
    const request = http.prepare(method, url, body, params);
    if (request === null) return resolve(drive(vu, http.request(method, url, body, params)));
    vu.begun();
    vu.transport.exchange(request, (exchange) => {
      try {
        const response = http.respond(request, exchange);
        resolve(response ?? drive(vu, http.follow(request, exchange, http.jar)));
      } catch (error) {
        reject(error);
      }
      vu.settled();
    });
  });
}

async function drive(vu: Vu, steps: RequestSteps): Promise<Response> {
  vu.begun();
  try {
    let step = steps.next();
    while (!step.done) {
      const sent = step.value;
      const exchange = await new Promise<Exchange>((resolve) =>
        vu.transport.exchange(sent, resolve)
      );
      step = steps.next(exchange);
    }
    return step.value;
  } finally {
    vu.settled();
  }
}

/** Sends a request and blocks until the response arrives. */
export function request(
  method: string,
  url: unknown,
  body?: unknown,
  params?: Params | null,
): Response {
  const vu = currentVu();
  demandNotInit(vu, "request");
  const { blocking } = vu.transport;
  if (blocking === null) throw blocksOthers(vu, `http.${method.toLowerCase()}`);
  const steps = vu.http.request(method, url, body, params ?? null);
  let step = steps.next();
  while (!step.done) step = steps.next(blocking.exchangeAll([step.value])[0]);
  return step.value;
}

const withoutBody = (method: string) => (url: unknown, params?: Params | null): Response =>
  request(method, url, null, params);

const withBody =
  (method: string) => (url: unknown, body?: unknown, params?: Params | null): Response =>
    request(method, url, body, params);

export const get = withoutBody("GET"), head = withoutBody("HEAD");
export const del = withBody("DELETE"), options = withBody("OPTIONS"), patch = withBody("PATCH");
export const post = withBody("POST"), put = withBody("PUT");

/** Sends requests in parallel; responses have the form of the requests: array or object. */
export function batch(requests: unknown): Response[] | Record<string, Response> {
  const vu = currentVu();
  demandNotInit(vu, "batch");
  const { blocking } = vu.transport;
  if (blocking === null) throw blocksOthers(vu, "http.batch");
  const { batch = 20, batch_per_host = 6 } = vu.world.options ?? {};
  const all = readBatch(requests).map(({ key, method, url, body, params }) => {
    const steps = vu.http.request(method, url, body, params);
    return { key, steps, step: steps.next() };
  });
  while (true) {
    const open = all.filter(({ step }) => !step.done);
    if (open.length === 0) break;
    const round = withinLimits(open, batch, batch_per_host);
    const exchanges = blocking.exchangeAll(round.map(({ step }) => step.value as ExchangeRequest));
    round.forEach((one, index) => one.step = one.steps.next(exchanges[index]));
  }
  const responses = all.map(({ key, step }) => [key, step.value as Response] as const);
  return Array.isArray(requests)
    ? responses.map(([, response]) => response)
    : Object.fromEntries(responses);
}

interface BatchEntry {
  readonly key: string;
  readonly method: string;
  readonly url: unknown;
  readonly body: unknown;
  readonly params: Params | null;
}

/**
 * Reads an array or an object of requests in any of k6's three forms.
 * @throws {TypeError} naming the invalid entry.
 */
function readBatch(requests: unknown): BatchEntry[] {
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

/** Leaves out requests beyond the limits, over all and for each host. */
function withinLimits<T extends { step: IteratorResult<ExchangeRequest, Response> }>(
  open: readonly T[],
  all: number,
  of_host: number,
): T[] {
  const hosts = new Map<string, number>();
  const taken: T[] = [];
  for (const entry of open) {
    if (all > 0 && taken.length === all) break;
    const { origin } = (entry.step.value as ExchangeRequest).endpoint;
    const count = (hosts.get(origin) ?? 0) + 1;
    if (of_host > 0 && count > of_host) continue;
    hosts.set(origin, count);
    taken.push(entry);
  }
  return taken;
}

/** The cookies of this VU. */
export function cookieJar(): CookieJar {
  const vu = currentVu();
  demandNotInit(vu, "cookieJar");
  return vu.http.jar;
}

/** A file of a multipart form; its name is the time in nanoseconds by default. */
export function file(
  data: string | ArrayBuffer,
  name?: string | null,
  content_type?: string | null,
): FileData {
  return new FileData(
    data,
    name ? String(name) : String(Date.now() * 1_000_000),
    content_type ? String(content_type) : undefined,
  );
}

/** Sets the statuses this VU expects; with null, no response counts as failed. */
export function setResponseCallback(expected: ExpectedStatuses | null): void {
  currentVu().http.expected = expected;
}

/** A URL with a name for its samples, in which `${}` stands for each value. */
export function url(strings: TemplateStringsArray, ...values: unknown[]) {
  return {
    url: String.raw({ raw: strings }, ...values),
    name: strings.join("${}"),
    toString(): string {
      return this.url;
    },
  };
}

function demandNotInit(vu: Vu, name: string): void {
  if (vu.phase === "init") {
    throw new TypeError(`http.${name}: requests are not available in the init context`);
  }
}

export const SSL_3_0 = "ssl3.0", TLS_1_0 = "tls1.0", TLS_1_1 = "tls1.1";
export const TLS_1_2 = "tls1.2", TLS_1_3 = "tls1.3";

export default {
  asyncRequest,
  batch,
  CookieJar,
  cookieJar,
  del,
  expectedStatuses,
  file,
  FileData,
  get,
  head,
  options,
  patch,
  post,
  put,
  request,
  setResponseCallback,
  SSL_3_0,
  TLS_1_0,
  TLS_1_1,
  TLS_1_2,
  TLS_1_3,
  url,
};
