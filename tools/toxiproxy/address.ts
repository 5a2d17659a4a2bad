/**
 * Addresses as Go's `net` package reads, resolves and writes them: `127.0.0.1:80`, `[::1]:80`,
 * `:80`, `localhost:080`.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { LOOKUP_MS_MAX } from "./limits.ts";

/** `host:port`. */
export interface Address {
  /** Empty: every interface. */
  readonly host: string;
  readonly port: number;
}

/**
 * Splits `host:port`; the host of an IPv6 address is in brackets, an empty port is 0.
 * @throws {Error} in Go's words: `address nonsense: missing port in address`
 */
export function readAddress(text: string): Address {
  const colon = text.lastIndexOf(":");
  const refuse = (reason: string) => new Error(`address ${text}: ${reason}`);
  if (colon < 0) throw refuse("missing port in address");
  let host = text.slice(0, colon);
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) throw refuse("missing ']' in address");
    const has_port = text[end + 1] === ":";
    if (!has_port) throw refuse("missing port in address");
    if (end + 1 !== colon) throw refuse("too many colons in address");
    host = text.slice(1, end);
  } else if (host.includes(":")) throw refuse("too many colons in address");
  if (host.includes("[")) throw refuse("unexpected '[' in address");
  if (host.includes("]")) throw refuse("unexpected ']' in address");
  return { host, port: readPort(text.slice(colon + 1)) };
}

/** Leading zeros, a plus sign and spaces are accepted; names of services are not. */
function readPort(text: string): number {
  const digits = /^\s*([+-]?\d*)\s*$/.exec(text)?.[1];
  if (digits === undefined) throw new Error(`lookup tcp/${text}: unknown port`);
  const port = Number(digits);
  if (port >= 0 && port <= 65535) return port;
  throw new Error(`address ${text}: invalid port`);
}

/** Like {@link readAddress}. @throws {RangeError} `listen=nonsense: must be host:port: …` */
export function checkAddress(what: string, text: string): Address {
  try {
    return readAddress(text);
  } catch (error) {
    throw new RangeError(`${what}=${text}: must be host:port: ${(error as Error).message}`);
  }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The address that a proxy listens on, in its canonical spelling: `localhost:080` is
 * `127.0.0.1:80`. A name stands for its first IPv4 address, else for its first address. Every
 * interface is `::`, which takes IPv4 too.
 * @throws {Error} as {@link readAddress}, or if the name has no address within `LOOKUP_MS_MAX`.
 */
export async function resolveAddress(text: string, find = findAll): Promise<Address> {
  const { host, port } = readAddress(text === "" ? ":0" : text);
  if (host === "") return { host: "::", port };
  const ip = canonicalIp(isIP(host) ? host : await lookUp(host, find));
  return { host: ip === "0.0.0.0" ? "::" : ip, port };
}

/** Whether `listen` is another spelling of `current`. @throws {Error} for a wrong `listen`. */
export async function isSameListen(current: string, listen: string): Promise<boolean> {
  const wanted = await resolveAddress(listen);
  const { host, port } = await resolveAddress(current).catch(() => ({ host: null, port: null }));
  return wanted.host === host && wanted.port === port;
}

type Found = readonly { readonly address: string; readonly family: number }[];

function findAll(host: string): Promise<Found> {
  // The system would read `127.1` as an address, Go does not.
  return /^[\d.]+$/.test(host) ? Promise.resolve([]) : lookup(host, { all: true });
}

async function lookUp(host: string, find: typeof findAll): Promise<string> {
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Error(`lookup ${host}: i/o timeout`));
  const timer = setTimeout(refuse, LOOKUP_MS_MAX);
  try {
    const found = await Promise.race([find(host).catch((): Found => []), late.promise]);
    const first = found.find(({ family }) => family === 4) ?? found[0];
    if (first === undefined) throw new Error(`lookup ${host}: no such host`);
    return first.address;
  } finally {
    clearTimeout(timer);
  }
}

/** RFC 5952 §4; an IPv4-mapped address is its IPv4 address, as in Go. */
function canonicalIp(ip: string): string {
  if (isIP(ip) === 4) return ip;
  const [address, zone] = ip.split("%");
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written);
  if (mapped === null) return zone === undefined ? written : `${written}%${zone}`;
  const [high, low] = [parseInt(mapped[1], 16), parseInt(mapped[2], 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
