/** HTTP server with errors that name the variable to change, and a bounded stop. */
import { ConfigError } from "./env/config_error.ts";
import { problem } from "./problem.ts";

/** Problem sent when the handler throws. */
export const INTERNAL_PROBLEM = { status: 500, slug: "internal" };

/**
 * Ends a body on purpose because its reader is too slow: a failure neither of the service nor of
 * the request. It reaches `onError` like any error of a body's stream.
 */
export class AnswerCut extends Error {
  override name = "AnswerCut";
}

interface PortOptions {
  /** Address to bind: `0.0.0.0`, `127.0.0.1`, … */
  hostname: string;
  port: number;
  variable: string;
}

/** Certificate chain and key, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

interface ServeOptions extends PortOptions {
  /** Serves HTTPS, to browsers as HTTP/2. Shares its port like `reuse_port`. */
  tls?: Tls | null;
  /**
   * Lets several threads listen on one port (SO_REUSEPORT, Linux). Needs `--unstable-net`; without
   * it, Deno ends the process with code 70.
   */
  reuse_port?: boolean;
  /**
   * File descriptors left to the rest of the process when accepting fails for lack of them: they
   * are held by listeners of the loopback address until then. The server listens again only when
   * it holds as many again. Default 0.
   */
  descriptors_reserved?: number;
  handler: Deno.ServeHandler<Deno.NetAddr>;
  /** Receives errors of the handler; the client gets a 500 without internals. Default: stderr. */
  onError?: (error: unknown) => void;
}

export interface HttpServer {
  /** The actual port, also if the option was 0. */
  readonly port: number;
  /** URL of the server on this machine, without a trailing slash. */
  readonly url: string;
  readonly finished: Promise<void>;
  /** New connections see another certificate; others go on. No effect for the same one. */
  renew(tls: Tls): void;
  /**
   * Stops accepting, closes idle connections and waits for answers in progress.
   *
   * @returns Whether all were finished within `timeout_ms`. The others continue until the process
   *     ends, because Deno cannot abort a draining server.
   */
  shutdown(timeout_ms: number): Promise<boolean>;
}

/** Replaced listeners still served; connections of older ones close after their current answer. */
const REPLACED_LISTENERS_MAX = 16;

/** Delay before listening again after accepting failed, for example for lack of descriptors. */
const LISTEN_AGAIN_MS = 250;

/**
 * Starts an HTTP server. If accepting fails later (too many open files), it listens again on the
 * same port; Deno alone would end the process.
 *
 * @throws {ConfigError} The port is taken or not permitted, or the address is not this machine's.
 */
export function serveHttp(options: ServeOptions): HttpServer {
  const onError = options.onError ?? writeToStderr;
  const finished = Promise.withResolvers<void>();
  let tls = options.tls ?? null;
  let server: Deno.HttpServer<Deno.NetAddr> | null = listen(options, onError);
  const { port } = server.addr;
  const replaced = new Set<Deno.HttpServer<Deno.NetAddr>>();
  const reserve = new DescriptorReserve(options.descriptors_reserved ?? 0);
  reserve.take();
  let stopping = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  function watch(watched: Deno.HttpServer<Deno.NetAddr>): void {
    watched.finished.then(() => {
      if (watched === server) finished.resolve();
      else replaced.delete(watched);
    }, (error) => {
      if (watched !== server) return;
      server = null;
      reserve.give();
      keepServing(watched);
      onError(error);
      listenAgain();
    });
  }

  /** Its connections may have answers in progress. */
  function keepServing(listener: Deno.HttpServer<Deno.NetAddr>): void {
    const [oldest] = replaced;
    if (replaced.size === REPLACED_LISTENERS_MAX) {
      replaced.delete(oldest);
      oldest.shutdown();
    }
    replaced.add(listener);
  }

  function listenAnew(): void {
    server = listen({ ...options, tls, port }, onError);
    watch(server);
  }

  function listenAgain(): void {
    if (stopping) return finished.resolve();
    again = setTimeout(() => {
      try {
        reserve.take();
        listenAnew();
      } catch {
        reserve.give();
        listenAgain();
      }
    }, LISTEN_AGAIN_MS);
  }

  /** Shows the certificate that is set by now; without a descriptor for that, a little later. */
  function replaceListener(): void {
    const before = server;
    if (stopping || before === null) return;
    try {
      listenAnew();
    } catch {
      again = setTimeout(replaceListener, LISTEN_AGAIN_MS);
      return;
    }
    keepServing(before);
    before.shutdown();
  }

  watch(server);
  return {
    port,
    url: `${tls === null ? "http" : "https"}://${reachableHost(options.hostname)}:${port}`,
    finished: finished.promise,
    renew(next) {
      if (next.cert === tls?.cert && next.key === tls.key) return;
      tls = next;
      replaceListener();
    },
    shutdown(timeout_ms) {
      stopping = true;
      clearTimeout(again);
      reserve.give();
      if (server !== null) return drain([server, ...replaced], timeout_ms);
      return drain([...replaced], timeout_ms).finally(finished.resolve);
    },
  };
}

/** File descriptors that are held so that they can be given up. */
class DescriptorReserve {
  readonly #held: Deno.Listener[] = [];

  constructor(readonly size: number) {}

  /** Throws without a descriptor left. */
  take(): void {
    while (this.#held.length < this.size) {
      this.#held.push(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    }
  }

  give(): void {
    for (const listener of this.#held.splice(0)) listener.close();
  }
}

/**
 * Checks that no other program listens on a port before `reuse_port` shares it: two unrelated
 * programs that both share a port would each get a part of the requests.
 *
 * @throws {ConfigError} Like {@link serveHttp}.
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
      // A renewed certificate has a listener of its own.
      reusePort: options.reuse_port === true || Boolean(options.tls),
      ...options.tls,
      handler: options.handler,
      onListen: () => {},
      onError: (error) => internalError(onError, error),
    });
  } catch (error) {
    throw asConfigError(options, error);
  }
}

/** @throws {Error} The certificate and the key cannot be used. */
export function checkTls(tls: Tls): void {
  Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...tls }).close();
}

function internalError(onError: (error: unknown) => void, error: unknown): Response {
  try {
    onError(error);
  } catch {
    // An error of the error handler must not leave the client without an answer.
  }
  return problem({
    ...INTERNAL_PROBLEM,
    detail: "The service failed to answer this request: see its log",
  });
}

function writeToStderr(error: unknown): void {
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
    return new ConfigError(`${variable}=${port}: Deno may not listen: add --allow-net`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ConfigError(
      `${variable}=${port}: this user may not listen on it: set ${variable} to 1024 or higher`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable || isUnknownHost(error)) {
    return new ConfigError(
      `BIND_HOST=${hostname}: not an address of this machine: ` +
        "use 0.0.0.0 for all of them, or 127.0.0.1 for this machine only",
    );
  }
  return error;
}

/** Deno reports an unresolvable host name as plain Error, a malformed one as URIError. */
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

/** Host of a URL with which this machine reaches a server on `hostname`. */
export function reachableHost(hostname: string): string {
  const bare = bareHost(hostname);
  if (bare === "0.0.0.0") return "127.0.0.1";
  if (bare === "::") return "[::1]";
  return bare.includes(":") ? `[${bare}]` : bare;
}

/** The host without the brackets of an IPv6 address. */
function bareHost(hostname: string): string {
  return /^\[(.*:.*)\]$/.exec(hostname)?.[1] ?? hostname;
}
