/** Toxiproxy's HTTP API on a port: routes, request bodies, responses and errors. */
import { serveHttp } from "../../platform/mod.ts";
import { ApiError, apiErrorOf, parseJson } from "./bodies.ts";
import { API_BODY_BYTES_MAX } from "./limits.ts";
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

interface ServerOptions {
  readonly hostname: string;
  /** 0 picks one. */
  readonly port: number;
  /** Draws toxicity and jitter; the same seed draws the same for the same connections. */
  readonly seed: number;
  readonly metrics: boolean;
  /** Content of a config file: an array of proxies, as for POST /populate. */
  readonly config?: unknown;
  /** Default `CONNECTIONS_MAX`. */
  readonly connections_max?: number;
}

export interface EmbeddedServer {
  /** `http://127.0.0.1:8474`. */
  readonly url: string;
  readonly proxies: ProxySet;
  close(): Promise<void>;
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
  const close = async () => {
    proxies.close();
    await server.shutdown(1_000);
  };
  try {
    if (config !== undefined) await populate(proxies, () => config);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: server.url, proxies, close };
}

/** Answer of `GET /version`: the version of Toxiproxy whose API this is. */
export const VERSION = "2.12.0+embedded";

type Call = (names: readonly string[], body: () => unknown) => Response | Promise<Response>;
type Route = readonly [path: RegExp, methods: Readonly<Record<string, Call>>];

/** Handles requests one after the other: each sees the result of the one before. */
function apiHandler(routes: readonly Route[]): (request: Request) => Promise<Response> {
  let last: Promise<unknown> = Promise.resolve();
  return async (request) => {
    const { pathname } = new URL(request.url);
    const route = routes.find(([path]) => path.test(pathname));
    if (route === undefined) return plain(404, "404 page not found\n");
    const [path, methods] = route;
    if (!Object.hasOwn(methods, request.method)) return new Response(null, { status: 405 });
    // Keeps pages in a browser from calling the API under a name of their own (DNS rebinding).
    if (request.headers.get("user-agent")?.startsWith("Mozilla/")) {
      return plain(403, "User agent not allowed\n");
    }
    try {
      const names = path.exec(pathname)!.slice(1).map(decodeName);
      const text = await readText(request);
      const answer = last.then(() => methods[request.method](names, () => parseJson(text)));
      last = answer.catch(() => {});
      return await answer;
    } catch (error) {
      return errorAnswer(error);
    }
  };
}

/** @param has_metrics Whether `GET /metrics` answers. */
function routesOf(proxies: ProxySet, has_metrics: boolean): Route[] {
  const proxyOf = ([proxy]: readonly string[]) => findProxy(proxies, proxy);
  const toxicOf = (names: readonly string[]) => findToxic(proxyOf(names), names[1]);
  const change: Call = async (names, body) => json(200, await patchProxy(proxyOf(names), body()));
  const changeToxic: Call = (names, body) =>
    json(200, updateToxic(proxyOf(names), toxicOf(names), body()));
  const metrics: Route = [/^\/metrics$/, { GET: () => plain(200, metricsText(proxies)) }];
  const hits = () => Object.fromEntries(proxies.list().map((proxy) => [proxy.name, proxy.hits]));
  return [
    ...(has_metrics ? [metrics] : []),
    [/^\/version$/, { GET: version }],
    [/^\/hits$/, { GET: () => json(200, hits()) }],
    [/^\/populate$/, {
      POST: async (_, body) => json(201, { proxies: await populate(proxies, body) }),
    }],
    [/^\/reset$/, { POST: async () => noContent(await reset(proxies)) }],
    [/^\/proxies$/, {
      GET: () => json(200, proxies.view()),
      POST: async (_, body) => json(201, await createProxy(proxies, body())),
    }],
    [/^\/proxies\/([^/]+)$/, {
      GET: (names) => json(200, proxyOf(names).view()),
      PATCH: change,
      POST: change,
      DELETE: (names) => noContent(proxies.remove(proxyOf(names).name)),
    }],
    [/^\/proxies\/([^/]+)\/toxics$/, {
      GET: (names) => json(200, proxyOf(names).view().toxics),
      POST: (names, body) => json(200, createToxic(proxyOf(names), body())),
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
  return plain(status, JSON.stringify({ error: message, status }) + "\n");
}

/** `GET /metrics`: the real server's byte counters, and the hits. */
function metricsText(proxies: ProxySet): string {
  const received: string[] = [];
  const sent: string[] = [];
  const hits: string[] = [];
  for (const { name, listen, upstream, hits: seen } of proxies.list()) {
    const of = (direction: string, proxy_bytes: number) =>
      `{direction="${direction}",listener="${escape(listen)}",proxy="${escape(name)}",` +
      `upstream="${escape(upstream)}"} ${proxy_bytes}`;
    received.push(of("upstream", seen.bytes_up), of("downstream", seen.bytes_down));
    sent.push(of("upstream", seen.bytes_up_sent), of("downstream", seen.bytes_down_sent));
    for (const [toxic, counted] of Object.entries(seen.toxics)) {
      hits.push(`{proxy="${escape(name)}",toxic="${escape(toxic)}"} ${counted.hits}`);
    }
  }
  return family("toxiproxy_proxy_received_bytes_total", "Bytes received.", received) +
    family("toxiproxy_proxy_sent_bytes_total", "Bytes sent.", sent) +
    family("toxiproxy_toxic_hits_total", "Times a toxic affected data or a connection.", hits);
}

function family(name: string, help: string, samples: string[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map((sample) => name + sample);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines, ""].join("\n");
}

/** Escapes a label value (Prometheus text format 0.0.4). */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
