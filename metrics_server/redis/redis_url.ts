/** Address of a Redis server, from its URL. Pure. */

const PORT_DEFAULT = 6379;

/** Redis counts databases from 0; its default is 16 of them. */
const DATABASE = /^\/?(\d{1,5})?$/;

export interface RedisAddress {
  readonly tls: boolean;
  readonly hostname: string;
  readonly port: number;
  /** `default` if the URL has only a password. */
  readonly username: string;
  /** Empty if the server needs no authentication. */
  readonly password: string;
  readonly database: number;
}

/**
 * Reads `redis://` and `rediss://` (TLS) URLs, as registered with IANA.
 *
 * ```ts
 * redisAddress("redis://:secret@cache/2"); // { hostname: "cache", port: 6379, database: 2, … }
 * redisAddress("redis://cache?db=2"); // "must have no query"
 * ```
 *
 * @returns The address, or what the URL must be. That text never repeats the URL: it may hold a
 * password.
 */
export function redisAddress(text: string): RedisAddress | string {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:\/\//i.test(text)) return "must be a redis:// or rediss:// URL";
  if (url.hostname === "") return "must name a host";
  if (url.search !== "" || url.hash !== "") {
    return "must have no query or fragment: the database is the path, redis://host:6379/0";
  }
  const database = DATABASE.exec(url.pathname);
  if (database === null) return "must have a database number as its path, redis://host:6379/0";
  const password = decoded(url.password);
  const username = decoded(url.username) || "default";
  if (password === undefined || username === undefined) {
    return "must percent-encode its user and password";
  }
  return {
    tls: url.protocol === "rediss:",
    hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || PORT_DEFAULT),
    username,
    password,
    database: Number(database[1] ?? 0),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
