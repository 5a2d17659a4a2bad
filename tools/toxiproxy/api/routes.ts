/** Toxiproxy's HTTP API: which path and method does what, and how it is answered. */
import type { ProxySet } from "../engine/proxy_set.ts";
import { API_BODY_BYTES_MAX } from "../limits.ts";
import { ApiError } from "./api_error.ts";
import { metricsText } from "./metrics_text.ts";
import * as operations from "./operations.ts";
import { parseJson } from "./read_body.ts";

/** Told by `GET /version`; programs that look only at the number find the one whose API this is. */
export const VERSION = "2.12.0+embedded";

export interface ApiOptions {
  readonly proxies: ProxySet;
  /** Whether `GET /metrics` answers. */
  readonly metrics: boolean;
}

type Call = (body: () => unknown, names: readonly string[]) => Response | Promise<Response>;

interface Route {
  readonly pattern: RegExp;
  readonly methods: Readonly<Record<string, Call>>;
}

/** Handler for `Deno.serve`. Requests that change something are done one after the other. */
export function apiHandler(options: ApiOptions): (request: Request) => Promise<Response> {
  const routes = routesOf(options);
  let last: Promise<unknown> = Promise.resolve();
  return async (request) => {
    const pathname = new URL(request.url).pathname;
    const route = routes.find(({ pattern }) => pattern.test(pathname));
    if (route === undefined) return plain(404, "404 page not found\n");
    if (!Object.hasOwn(route.methods, request.method)) return new Response(null, { status: 405 });
    // Keeps pages in a browser from reaching the API, whatever they resolve to it.
    if (request.headers.get("user-agent")?.startsWith("Mozilla/")) {
      return plain(403, "User agent not allowed\n");
    }
    try {
      const names = route.pattern.exec(pathname)!.slice(1).map(decodeName);
      const text = await readText(request);
      const answer = last.then(() => route.methods[request.method](() => parseJson(text), names));
      last = answer.catch(() => {});
      return await answer;
    } catch (error) {
      return errorAnswer(error);
    }
  };
}

function routesOf({ proxies, metrics }: ApiOptions): Route[] {
  const find = operations.findProxy;
  const patchProxy: Call = async (body, [name]) => {
    const proxy = find(proxies, name);
    return json(200, await operations.patchProxy(proxy, body()));
  };
  const patchToxic: Call = (body, [name, toxic_name]) => {
    const proxy = find(proxies, name);
    const toxic = operations.findToxic(proxy, toxic_name);
    return json(200, operations.updateToxic(proxy, toxic, body()));
  };
  return [
    { pattern: /^\/version$/, methods: { GET: () => version() } },
    ...(metrics
      ? [{ pattern: /^\/metrics$/, methods: { GET: () => plain(200, metricsText(proxies)) } }]
      : []),
    {
      pattern: /^\/proxies$/,
      methods: {
        GET: () => json(200, proxies.view()),
        POST: async (body) => json(201, await operations.createProxy(proxies, body())),
      },
    },
    {
      pattern: /^\/populate$/,
      methods: {
        POST: async (body) => json(201, { proxies: await operations.populate(proxies, body) }),
      },
    },
    {
      pattern: /^\/reset$/,
      methods: {
        POST: async () => {
          await operations.reset(proxies);
          return noContent();
        },
      },
    },
    { pattern: /^\/hits$/, methods: { GET: () => json(200, hitsOf(proxies)) } },
    {
      pattern: /^\/proxies\/([^/]+)$/,
      methods: {
        GET: (_body, [name]) => json(200, find(proxies, name).view()),
        PATCH: patchProxy,
        POST: patchProxy,
        DELETE: (_body, [name]) => {
          find(proxies, name);
          proxies.remove(name);
          return noContent();
        },
      },
    },
    {
      pattern: /^\/proxies\/([^/]+)\/toxics$/,
      methods: {
        GET: (_body, [name]) => json(200, find(proxies, name).view().toxics),
        POST: (body, [name]) => json(200, operations.createToxic(find(proxies, name), body())),
      },
    },
    {
      pattern: /^\/proxies\/([^/]+)\/toxics\/([^/]+)$/,
      methods: {
        GET: (_body, [name, toxic]) =>
          json(200, operations.findToxic(find(proxies, name), toxic).view),
        PATCH: patchToxic,
        POST: patchToxic,
        DELETE: (_body, [name, toxic]) => {
          const proxy = find(proxies, name);
          proxy.removeToxic(operations.findToxic(proxy, toxic));
          return noContent();
        },
      },
    },
  ];
}

function hitsOf(proxies: ProxySet): Record<string, unknown> {
  return Object.fromEntries(proxies.list().map((proxy) => [proxy.name, proxy.hits]));
}

async function readText(request: Request): Promise<string> {
  if (request.body === null) return "";
  const length = Number(request.headers.get("content-length") ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  if (length <= API_BODY_BYTES_MAX) {
    for await (const chunk of request.body) {
      bytes += chunk.length;
      if (bytes > API_BODY_BYTES_MAX) break;
      chunks.push(chunk);
    }
  }
  if (Math.max(length, bytes) > API_BODY_BYTES_MAX) {
    throw new ApiError(413, `body: at most ${API_BODY_BYTES_MAX} bytes`);
  }
  return await new Blob(chunks).text();
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function json(status: number, value: unknown): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json" },
  });
}

function version(): Response {
  return new Response(JSON.stringify({ version: VERSION }), {
    headers: { "content-type": "application/json;charset=utf-8" },
  });
}

function noContent(): Response {
  return new Response(null, { status: 204 });
}

function plain(status: number, text: string): Response {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  };
  return new Response(text, { status, headers });
}

function errorAnswer(error: unknown): Response {
  if (error instanceof operations.PopulateError) {
    const { message, status, proxies } = error;
    return json(status, { error: message, status, proxies });
  }
  const status = error instanceof ApiError ? error.status : 500;
  return plain(status, JSON.stringify({ error: (error as Error).message, status }) + "\n");
}
