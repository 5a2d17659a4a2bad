/** The embedded proxy's API on a port. */
import { serveHttp } from "../../platform/mod.ts";
import { apiHandler } from "./api/routes.ts";
import { ProxySet } from "./engine/proxy_set.ts";
import { populate } from "./api/operations.ts";

export interface ServerOptions {
  readonly hostname: string;
  /** 0 picks one. */
  readonly port: number;
  /** The same seed draws the same lots and jitter for the same connections. */
  readonly seed: number;
  readonly metrics: boolean;
  /** What a config file holds: an array of proxies, as POST /populate takes it. */
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

/** Starts it in this process. Throws where the port is taken or the config is not right. */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  const proxies = new ProxySet(options.seed, options.connections_max);
  const { hostname, port, metrics, config } = options;
  const server = serveHttp({
    hostname,
    port,
    variable: "-port",
    handler: apiHandler({ proxies, metrics }),
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
