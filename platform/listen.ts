/** Listening for HTTP, with errors that name the variable to change and a stop that is bounded. */
import { ConfigError } from "./env/mod.ts";
import { problem } from "./problem.ts";

/** What {@link serveHttp} needs. */
export interface ServeOptions {
  /** Address to bind: `0.0.0.0`, `127.0.0.1`, … */
  hostname: string;
  /** TCP port; 0 picks a free one. */
  port: number;
  /** Environment variable the port came from, for the message about a taken port. */
  variable: string;
  /** Lets several threads listen on one port (SO_REUSEPORT, Linux). */
  reuse_port?: boolean;
  handler: Deno.ServeHandler<Deno.NetAddr>;
  /** Told about whatever the handler threw; the client only sees a 500 without internals. */
  onError?: (error: unknown) => void;
}

/** A listening server. */
export interface HttpServer {
  /** The port listened on, also where 0 was asked for. */
  readonly port: number;
  /** Address to reach it from this machine, without a slash at the end. */
  readonly url: string;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting and waits for the answers under way; what is not done after `timeout_ms` is
   * cut off.
   *
   * @returns Whether everything was answered in time.
   */
  shutdown(timeout_ms: number): Promise<boolean>;
}

/**
 * Starts an HTTP server.
 *
 * @throws {ConfigError} Where the port is taken or may not be used, or the address is not ours.
 */
export function serveHttp(options: ServeOptions): HttpServer {
  const abort = new AbortController();
  const server = listen(options, abort.signal);
  const { port } = server.addr;
  return {
    port,
    url: `http://${reachable(options.hostname)}:${port}`,
    finished: server.finished,
    shutdown: (timeout_ms) => stop(server, abort, timeout_ms),
  };
}

function listen(options: ServeOptions, signal: AbortSignal): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({
      hostname: options.hostname,
      port: options.port,
      reusePort: options.reuse_port ?? false,
      signal,
      handler: options.handler,
      onListen: () => {},
      onError: (error) => internalError(options, error),
    });
  } catch (error) {
    throw asConfigError(options, error);
  }
}

function internalError(options: ServeOptions, error: unknown): Response {
  options.onError?.(error);
  return problem({
    status: 500,
    slug: "internal",
    detail: "The service failed to answer this request: see its log",
  });
}

function asConfigError({ variable, hostname, port }: ServeOptions, error: unknown): unknown {
  if (error instanceof Deno.errors.AddrInUse) {
    return new ConfigError(
      `${variable}=${port}: already in use on ${hostname}: stop the program that holds it, ` +
        `or set ${variable} to a free port (0 picks one)`,
    );
  }
  return error;
}

async function stop(
  server: Deno.HttpServer<Deno.NetAddr>,
  abort: AbortController,
  timeout_ms: number,
): Promise<boolean> {
  const timer = setTimeout(() => abort.abort(), timeout_ms);
  await server.shutdown();
  clearTimeout(timer);
  return !abort.signal.aborted;
}

function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  if (hostname === "::") return "[::1]";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
