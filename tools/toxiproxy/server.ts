/** Toxiproxy's HTTP API on a port: routes, request bodies, responses and errors. */
import { foreignCaller, serveHttp } from "../../platform/mod.ts";
import { ApiError, apiErrorOf } from "./bodies.ts";
import { mapToGoJson, toGoJson } from "./go_json.ts";
import { API_BODY_BYTES_MAX } from "./limits.ts";
import { METRICS_TYPE, metricsText } from "./metrics.ts";
import {
  createProxy,
  createToxic,
  findProxy,
  findToxic,
  patchProxy,
  populate,
  PopulateError,
  ProxySet,
  reset,
  updateToxic,
} from "./proxies.ts";
import type { Proxy } from "./proxy.ts";

interface ServerOptions {
  readonly hostname: string;
  /** 0 picks one. */
  readonly port: number;
  /** Draws toxicity and jitter; the same seed draws the same for the same connections. */
  readonly seed: number;
  readonly metrics: boolean;
  /** Text of a config file: a JSON array of proxies, as for POST /populate. */
  readonly config?: string;
  /** Default `CONNECTIONS_MAX`. */
  readonly connections_max?: number;
}

export interface EmbeddedServer {
  /** `http://127.0.0.1:8474`. */
  readonly url: string;
  readonly proxies: ProxySet;
  /** Closes the proxies; waits for answers of the API in progress, a second by default. */
  close(wait_ms_max?: number): Promise<void>;
}

/**
 * Starts the server in this process.
 * @throws {ConfigError | ApiError} if the port is taken or the config is wrong.
 */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  const proxies = new ProxySet(options.seed, options.connections_max);
  const { hostname, port, metrics, config } = options;
  const server = serveHttp({
    hostname,
    port,
    variable: "-port",
    handler: apiHandler(routesOf(proxies, metrics)),
  });
  const close = async (wait_ms_max = 1_000) => {
    proxies.close();
    await server.shutdown(wait_ms_max);
  };
  try {
    if (config !== undefined) await populate(proxies, config);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: server.url, proxies, close };
}

/** Answer of `GET /version`: the version of Toxiproxy whose API this is. */
export const VERSION = "2.12.0+embedded";

type Call = (names: readonly string[], body: string) => Response | Promise<Response>;
type Route = readonly [path: RegExp, methods: Readonly<Record<string, Call>>];

/** Handles requests one after the other: each sees the result of the one before. */
function apiHandler(routes: readonly Route[]): (request: Request) => Promise<Response> {
  let last: Promise<unknown> = Promise.resolve();
  const answerOf = async (request: Request, methods: Route[1], names: readonly string[]) => {
    // Keeps pages in a browser from calling the API under a name of their own (DNS rebinding).
    if (request.headers.get("user-agent")?.startsWith("Mozilla/")) {
      return plain(403, "User agent not allowed\n");
    }
    // The real server relies on the user agent alone, which some browsers let a page change.
    const foreign = foreignCaller(request);
    if (foreign !== null) return plain(403, `${foreign}\n`);
    try {
      const text = await readText(request);
      const answer = last.then(() => methods[request.method](names, text));
      last = answer.catch(() => {});
      return await answer;
    } catch (error) {
      return errorAnswer(error);
    }
  };
  return async (request) => {
    const pathname = decodedPath(request.url);
    if (pathname === null) return plain(400, "400 Bad Request");
    if (pathname.includes("//")) return redirect(pathname.replaceAll(/\/{2,}/g, "/"));
    const route = routes.find(([path]) => path.test(pathname));
    if (route === undefined) return plain(404, "404 page not found\n");
    const [path, methods] = route;
    if (!Object.hasOwn(methods, request.method)) return new Response(null, { status: 405 });
    const answer = await answerOf(request, methods, path.exec(pathname)!.slice(1));
    answer.headers.set("x-toxiproxy-request-id", requestId());
    return answer;
  };
}

/** 20 characters of base 32, as the real server's. */
function requestId(): string {
  const random = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(random, (byte) => (byte & 31).toString(32)).join("");
}

/** @param has_metrics Whether `GET /metrics` answers. */
function routesOf(proxies: ProxySet, has_metrics: boolean): Route[] {
  const proxyOf = ([proxy]: readonly string[]) => findProxy(proxies, proxy);
  const toxicOf = (names: readonly string[]) => findToxic(proxyOf(names), names[1]);
  const change: Call = async (names, body) => json(200, await patchProxy(proxyOf(names), body));
  const changeToxic: Call = (names, body) =>
    json(200, updateToxic(proxyOf(names), toxicOf(names), body));
  const metrics: Route = [/^\/metrics$/, { GET: () => text(METRICS_TYPE, metricsText(proxies)) }];
  const byName = (of: (proxy: Proxy) => unknown) =>
    proxies.list().map((proxy) => [proxy.name, of(proxy)] as const);
  return [
    ...(has_metrics ? [metrics] : []),
    [/^\/version$/, { GET: version }],
    [/^\/hits$/, { GET: () => text(JSON_TYPE, mapToGoJson(byName((proxy) => proxy.hits))) }],
    [/^\/populate$/, {
      POST: async (_, body) => json(201, { proxies: await populate(proxies, body) }),
    }],
    [/^\/reset$/, { POST: async () => noContent(await reset(proxies)) }],
    [/^\/proxies$/, {
      GET: () => text(JSON_TYPE, mapToGoJson(byName((proxy) => proxy.view()))),
      POST: async (_, body) => json(201, await createProxy(proxies, body)),
    }],
    [/^\/proxies\/([^/]+)$/, {
      GET: (names) => json(200, proxyOf(names).view()),
      PATCH: change,
      POST: change,
      DELETE: (names) => noContent(proxies.remove(proxyOf(names).name)),
    }],
    [/^\/proxies\/([^/]+)\/toxics$/, {
      GET: (names) => json(200, proxyOf(names).view().toxics),
      POST: (names, body) => json(200, createToxic(proxyOf(names), body)),
    }],
    [/^\/proxies\/([^/]+)\/toxics\/([^/]+)$/, {
      GET: (names) => json(200, toxicOf(names).view),
      PATCH: changeToxic,
      POST: changeToxic,
      DELETE: (names) => noContent(proxyOf(names).removeToxic(toxicOf(names))),
    }],
  ];
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
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await new Blob(chunks).bytes());
}

function redirect(path: string): Response {
  return new Response(null, { status: 301, headers: { location: encodeURI(path) } });
}

/** Null if an escape is malformed; escapes that are not UTF-8 stay, and match no name. */
function decodedPath(url: string): string | null {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return /%(?![\da-f]{2})/i.test(pathname) ? null : pathname;
  }
}

const JSON_TYPE = "application/json";

function json(status: number, value: unknown): Response {
  return new Response(toGoJson(value), { status, headers: { "content-type": JSON_TYPE } });
}

function text(type: string, body: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}

const version = () => text("application/json;charset=utf-8", `{"version": "${VERSION}"}\n`);

/** The answer after an action without a result. */
function noContent(_done: unknown): Response {
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
  if (error instanceof PopulateError) {
    const { message, status, proxies } = error;
    return json(status, { error: message, status, proxies });
  }
  const { message, status } = apiErrorOf(error);
  return plain(status, toGoJson({ error: message, status }) + "\n");
}
