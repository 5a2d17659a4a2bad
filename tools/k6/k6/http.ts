/** Module `k6/http`. */
import { CookieJar } from "../http/cookie_jar.ts";
import {
  type ExpectedStatuses,
  expectedStatuses as makeExpectedStatuses,
} from "../http/expected_statuses.ts";
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import { FileData } from "../http/request_body.ts";
import type { Params } from "../http/request_params.ts";
import type { Response } from "../http/response.ts";
import type { RequestSteps } from "../http/session.ts";
import { currentVu } from "../script/current_vu.ts";
import type { Vu } from "../script/vu.ts";
import { blocksOthers } from "./core.ts";
import { readBatch } from "./http_batch.ts";

export { CookieJar, FileData };

/** Sends a request; the VU goes on with other things until the answer is there. */
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

/** As {@link drive}, without its steps, and awaits, where one exchange is all. */
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
      const asked = step.value;
      const exchange = await new Promise<Exchange>((resolve) =>
        vu.transport.exchange(asked, resolve)
      );
      step = steps.next(exchange);
    }
    return step.value;
  } finally {
    vu.settled();
  }
}

/** Sends a request and waits for the answer. */
export function request(
  method: string,
  url: unknown,
  body?: unknown,
  params?: Params | null,
): Response {
  const vu = currentVu();
  demandNotInit(vu, "request");
  const { blocking } = vu.transport;
  if (blocking === null) throw blocksOthers(`http.${method.toLowerCase()}`);
  const steps = vu.http.request(method, url, body, params ?? null);
  let step = steps.next();
  while (!step.done) step = steps.next(blocking.exchangeAll([step.value])[0]);
  return step.value;
}

export function get(url: unknown, params?: Params | null): Response {
  return request("GET", url, null, params);
}

export function head(url: unknown, params?: Params | null): Response {
  return request("HEAD", url, null, params);
}

export function post(url: unknown, body?: unknown, params?: Params | null): Response {
  return request("POST", url, body, params);
}

export function put(url: unknown, body?: unknown, params?: Params | null): Response {
  return request("PUT", url, body, params);
}

export function patch(url: unknown, body?: unknown, params?: Params | null): Response {
  return request("PATCH", url, body, params);
}

export function del(url: unknown, body?: unknown, params?: Params | null): Response {
  return request("DELETE", url, body, params);
}

export function options(url: unknown, body?: unknown, params?: Params | null): Response {
  return request("OPTIONS", url, body, params);
}

/** Several requests at a time; the answers come in the shape the requests were given in. */
export function batch(requests: unknown): Response[] | Record<string, Response> {
  const vu = currentVu();
  demandNotInit(vu, "batch");
  const { blocking } = vu.transport;
  if (blocking === null) throw blocksOthers("http.batch");
  const { batch = 20, batch_per_host = 6 } = vu.world.options ?? {};
  const entries = readBatch(requests);
  const waiting = entries.map(({ key, method, url, body, params }) => ({
    key,
    steps: vu.http.request(method, url, body, params),
    response: null as Response | null,
  }));
  const asked = waiting.map((one) => ({ one, step: one.steps.next() }));
  while (true) {
    const open = asked.filter(({ one, step }) => {
      if (step.done) one.response = step.value;
      return !step.done;
    });
    if (open.length === 0) break;
    const round = withinLimits(open, batch, batch_per_host);
    const answers = blocking.exchangeAll(round.map(({ step }) => step.value as ExchangeRequest));
    round.forEach((entry, index) => entry.step = entry.one.steps.next(answers[index]));
  }
  if (Array.isArray(requests)) return waiting.map(({ response }) => response!);
  return Object.fromEntries(waiting.map(({ key, response }) => [key, response!]));
}

/** As many as may be under way at a time, over all and to one host. */
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

export function file(
  data: string | ArrayBuffer,
  filename?: string,
  content_type?: string,
): FileData {
  return new FileData(data, filename ?? String(Date.now() * 1_000_000), content_type);
}

/** Statuses, or ranges of them, that count as expected. */
export function expectedStatuses(...statuses: unknown[]): ExpectedStatuses {
  return makeExpectedStatuses(...statuses);
}

/** What this VU expects from now on; null: nothing counts as failed. */
export function setResponseCallback(expected: ExpectedStatuses | null): void {
  currentVu().http.expected = expected;
}

/** A URL whose samples share a name: what is put into `${}` is left out of it. */
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

export const SSL_3_0 = "ssl3.0";
export const TLS_1_0 = "tls1.0";
export const TLS_1_1 = "tls1.1";
export const TLS_1_2 = "tls1.2";
export const TLS_1_3 = "tls1.3";

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
