/** Opens connections: resolves names, applies `hosts`, negotiates TLS. */
import type { Endpoint, HttpFailure } from "./exchange.ts";
import { TimedConnection } from "./timed_connection.ts";

export interface DialOptions {
  /**
   * `name` or `name:port` → `address` or `address:port`, as k6's option `hosts`; a leading `*`
   * matches any first part of a name.
   */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names to refuse; a leading `*` matches any first part. */
  readonly block_hostnames: readonly string[];
}

/** Returns a connection or the failure, and the time it took. */
export async function dial(
  endpoint: Endpoint,
  options: DialOptions,
  now: () => number,
  timeout_ms: number,
) {
  const started_ms = now();
  if (isBlocked(endpoint.hostname, options.block_hostnames)) {
    const failure: HttpFailure = "blocked_hostname";
    return { connection: null, failure, connecting_ms: 0, tls_handshaking_ms: 0 };
  }
  const progress = { connected_ms: 0 };
  const opening = open(endpoint, options, () => progress.connected_ms = now());
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), Math.max(0, timeout_ms));
  let failure: HttpFailure | null = null, socket: Deno.Conn | null = null;
  try {
    socket = await Promise.race([opening, late]);
    if (socket === null) {
      failure = "connect_timeout";
      opening.then((late_socket) => late_socket.close(), () => {});
    }
  } catch (error) {
    failure = failureOf(error, progress.connected_ms > 0);
  } finally {
    clearTimeout(timer);
  }
  const ended_ms = now();
  const connected_ms = progress.connected_ms || ended_ms;
  const remote = socket?.remoteAddr as Deno.NetAddr | undefined;
  return {
    connection: socket === null
      ? null
      : new TimedConnection(socket, now, remote!.hostname, remote!.port),
    failure,
    connecting_ms: connected_ms - started_ms,
    tls_handshaking_ms: endpoint.is_tls && socket !== null ? ended_ms - connected_ms : 0,
  };
}

async function open(
  { hostname, port, is_tls }: Endpoint,
  { hosts }: DialOptions,
  onConnected: () => void,
): Promise<Deno.Conn> {
  const mapped = mappedHost(hosts, hostname, port);
  const tcp = await Deno.connect({ hostname, port, ...(mapped && addressOf(mapped, port)) });
  onConnected();
  tcp.setNoDelay(true);
  if (!is_tls) return tcp;
  const tls = await Deno.startTls(tcp, { hostname, alpnProtocols: ["http/1.1"] });
  await tls.handshake();
  return tls;
}

/** An exact name comes first, then the longest pattern; a name with the port before one without. */
function mappedHost(hosts: DialOptions["hosts"], hostname: string, port: number) {
  const names = [`${hostname}:${port}`, hostname];
  const exact = names.find((name) => Object.hasOwn(hosts, name));
  if (exact !== undefined) return hosts[exact];
  const patterns = Object.keys(hosts).filter((pattern) => pattern.startsWith("*"))
    .sort((a, b) => b.length - a.length);
  const pattern = patterns.find((one) => names.some((name) => name.endsWith(one.slice(1))));
  return pattern === undefined ? undefined : hosts[pattern];
}

function addressOf(mapped: string, port: number): { hostname: string; port: number } {
  const at = mapped.lastIndexOf(":");
  const has_port = at > 0 && (mapped.includes(".") || mapped.startsWith("[")) &&
    /^\d+$/.test(mapped.slice(at + 1));
  const name = has_port ? mapped.slice(0, at) : mapped;
  return {
    hostname: name.replace(/^\[(.*)\]$/, "$1"),
    port: has_port ? Number(mapped.slice(at + 1)) : port,
  };
}

function isBlocked(hostname: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith("*") ? hostname.endsWith(pattern.slice(1)) : hostname === pattern
  );
}

function failureOf(error: unknown, connected: boolean): HttpFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (connected) {
    if (/UnknownIssuer|CaUsedAsEndEntity/.test(message)) return "tls_unknown_authority";
    if (/NotValidForName|not valid for/i.test(message)) return "tls_wrong_host";
    return "tls";
  }
  if (error instanceof Deno.errors.ConnectionRefused) return "connect_refused";
  if (error instanceof Deno.errors.TimedOut) return "connect_timeout";
  if (/lookup|resolve|address information|No such host/i.test(message)) return "dns";
  return "connect_failed";
}
