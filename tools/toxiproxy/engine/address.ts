/** `host:port` as Toxiproxy writes it. */

export interface Address {
  /** "" is every interface. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `127.0.0.1:8080`, `[::1]:8080`, `:8080`; throws a `RangeError` that says what is wrong.
 * `what` names the field: `listen=nonsense: must be host:port`.
 */
export function readAddress(what: string, text: string): Address {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text);
  if (match === null) throw new RangeError(`${what}=${text}: must be host:port`);
  const port = Number(match[3]);
  if (port > 65535) throw new RangeError(`${what}=${text}: port must be 0–65535`);
  return { host: match[1] ?? match[2], port };
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
