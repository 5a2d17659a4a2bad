/** Where a URL leads: the server to connect to and the path to ask it for. */

/** One server. */
export interface Endpoint {
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  readonly is_tls: boolean;
  /** The Host header. */
  readonly host: string;
}

export interface Target {
  readonly endpoint: Endpoint;
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** Without user name, password and fragment. */
  readonly url: string;
  /** `user:password`, decoded, where the URL has them. */
  readonly credentials: string | null;
}

/** @returns null where the text is no `http:` or `https:` URL. */
export function parseTarget(text: string): Target | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") return null;
  const is_tls = url.protocol === "https:";
  const port = url.port === "" ? (is_tls ? 443 : 80) : Number(url.port);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const credentials = url.username === "" && url.password === ""
    ? null
    : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = url.password = url.hash = "";
  return {
    endpoint: { origin: url.origin, hostname, port, is_tls, host: url.host },
    path: url.pathname + url.search,
    url: url.href,
    credentials,
  };
}
