/** Listening for HTTP, with errors that name the variable to change and a stop that is bounded. */
import { ConfigError } from "./env/mod.ts";
import { problem } from "./problem.ts";

/** What a client is told where the handler threw. */
export const INTERNAL_PROBLEM = { status: 500, slug: "internal" };

/** Both services take their address from it. */
const HOST_VARIABLE = "BIND_HOST";

/** Where to listen. */
export interface PortOptions {
  /** Address to bind: `0.0.0.0`, `127.0.0.1`, … */
  hostname: string;
  /** TCP port; 0 picks a free one. */
  port: number;
  /** Environment variable the port came from, for the message about a taken port. */
  variable: string;
}

/** What {@link serveHttp} needs. */
export interface ServeOptions extends PortOptions {
  /**
   * Lets several threads listen on one port (SO_REUSEPORT, Linux). Deno counts it as unstable and
   * ends the process with code 70 where `--unstable-net` is not given.
   */
  reuse_port?: boolean;
  handler: Deno.ServeHandler<Deno.NetAddr>;
  /**
   * Told about whatever the handler threw; the client only sees a 500 without internals. Default:
   * writes it to stderr.
   */
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
   * Stops accepting, closes idle connections and waits for the answers under way.
   *
   * @returns Whether everything was answered within `timeout_ms`. If not, what is still under way
   *     goes on until the process ends: Deno has no way to abort a server that is draining.
   */
  shutdown(timeout_ms: number): Promise<boolean>;
}

/** Listeners that broke and whose connections are still served; those of older ones end with their answer. */
export const BROKEN_LISTENERS_MAX = 16;

/** Delay before listening again after the system refused a connection, for want of descriptors. */
const LISTEN_AGAIN_MS = 250;

/**
 * Starts an HTTP server. One whose accepting fails later (too many open files) listens again on the
 * same port as soon as the system lets it: Deno alone would end there, and the process with it.
 *
 * @throws {ConfigError} Where the port is taken or may not be used, or the address is not ours.
 */
export function serveHttp(options: ServeOptions): HttpServer {
  const onError = options.onError ?? tellOnStderr;
  const finished = Promise.withResolvers<void>();
  let server: Deno.HttpServer<Deno.NetAddr> | null = listen(options, onError);
  const { port } = server.addr;
  const broken: Deno.HttpServer<Deno.NetAddr>[] = [];
  let stopping = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  function watch(watched: Deno.HttpServer<Deno.NetAddr>): void {
    watched.finished.then(finished.resolve, (error) => {
      server = null;
      if (broken.push(watched) > BROKEN_LISTENERS_MAX) broken.shift()!.shutdown();
      onError(error);
      listenAgain();
    });
  }

  function listenAgain(): void {
    if (stopping) return finished.resolve();
    again = setTimeout(() => {
      try {
        server = listen({ ...options, port }, onError);
        watch(server);
      } catch {
        listenAgain();
      }
    }, LISTEN_AGAIN_MS);
  }

  watch(server);
  return {
    port,
    url: `http://${reachableHost(options.hostname)}:${port}`,
    finished: finished.promise,
    shutdown(timeout_ms) {
      stopping = true;
      clearTimeout(again);
      // What a broken listener had accepted is under way just the same.
      if (server !== null) return drain([server, ...broken], timeout_ms);
      return drain(broken, timeout_ms).finally(finished.resolve);
    },
  };
}

/**
 * Makes sure that nobody else listens where `reuse_port` is about to: the system lets two unrelated
 * programs share a port that both share on purpose, and each would get some of the requests.
 *
 * @throws {ConfigError} as {@link serveHttp}
 */
export function claimPort(options: PortOptions): void {
  if (options.port === 0) return;
  try {
    Deno.listen({ hostname: bareHost(options.hostname), port: options.port }).close();
  } catch (error) {
    throw asConfigError(options, error);
  }
}

function listen(
  options: ServeOptions,
  onError: (error: unknown) => void,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({
      hostname: bareHost(options.hostname),
      port: options.port,
      reusePort: options.reuse_port ?? false,
      handler: options.handler,
      onListen: () => {},
      onError: (error) => internalError(onError, error),
    });
  } catch (error) {
    throw asConfigError(options, error);
  }
}

function internalError(onError: (error: unknown) => void, error: unknown): Response {
  try {
    onError(error);
  } catch {
    // Whoever is told about errors must not turn them into another one: the client waits.
  }
  return problem({
    ...INTERNAL_PROBLEM,
    detail: "The service failed to answer this request: see its log",
  });
}

function tellOnStderr(error: unknown): void {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`request failed: ${text}\n`));
}

function asConfigError({ variable, hostname, port }: PortOptions, error: unknown): unknown {
  if (error instanceof Deno.errors.AddrInUse) {
    return new ConfigError(
      `${variable}=${port}: already in use on ${hostname}: stop the program that holds it, ` +
        `or set ${variable} to a free port (0 picks one)`,
    );
  }
  if (error instanceof Deno.errors.NotCapable) {
    return new ConfigError(
      `${variable}=${port}: Deno was not given leave to listen: add --allow-net`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ConfigError(
      `${variable}=${port}: this user may not listen on it: set ${variable} to 1024 or higher`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable || isUnknownHost(error)) {
    return new ConfigError(
      `${HOST_VARIABLE}=${hostname}: not an address of this machine: ` +
        "use 0.0.0.0 for all of them, or 127.0.0.1 for this machine only",
    );
  }
  return error;
}

/** Deno reports a host name that does not resolve as a plain Error, a malformed one as URIError. */
function isUnknownHost(error: unknown): boolean {
  return error instanceof URIError ||
    (error instanceof Error && error.message.startsWith("failed to lookup address"));
}

async function drain(
  servers: readonly Deno.HttpServer<Deno.NetAddr>[],
  timeout_ms: number,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeout_ms, false);
  });
  const all = Promise.all(servers.map((server) => server.shutdown()));
  const drained = await Promise.race([all.then(() => true), late]);
  clearTimeout(timer);
  return drained;
}

/**
 * How this machine reaches what listens on `hostname`, as a URL writes it.
 *
 * ```ts
 * reachableHost("0.0.0.0"); // "127.0.0.1"
 * reachableHost("fe80::1"); // "[fe80::1]"
 * ```
 */
export function reachableHost(hostname: string): string {
  const bare = bareHost(hostname);
  if (bare === "0.0.0.0") return "127.0.0.1";
  if (bare === "::") return "[::1]";
  return bare.includes(":") ? `[${bare}]` : bare;
}

/** An IPv6 address without the brackets it has in a URL. */
function bareHost(hostname: string): string {
  return /^\[(.*:.*)\]$/.exec(hostname)?.[1] ?? hostname;
}
