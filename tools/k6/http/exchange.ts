/** Requests to servers, and their responses or failures. */
import type { ErrorKind } from "../../http/mod.ts";

/** One request on the wire. */
export interface ExchangeRequest {
  readonly endpoint: Endpoint;
  readonly bytes: Uint8Array;
  readonly is_head: boolean;
  readonly keep_body: boolean;
  /** It may be sent again if the server closed the kept connection. */
  readonly is_repeatable: boolean;
  readonly timeout_ms: number;
}

const NO_RESPONSE = {
  failure: null as HttpFailure | null,
  status: 0,
  /** The head contains Set-Cookie or Content-Encoding. */
  has_more_to_read: false,
  /** Head in `[head_start, head_end)`, body in `[head_end, body_end)`. */
  bytes: new Uint8Array(0) as Uint8Array,
  head_start: 0,
  head_end: 0,
  body_end: 0,
  blocked_ms: 0,
  connecting_ms: 0,
  tls_handshaking_ms: 0,
  sending_ms: 0,
  waiting_ms: 0,
  receiving_ms: 0,
  bytes_sent: 0,
  bytes_received: 0,
  remote_ip: "",
  remote_port: 0,
};

/** One response, or the failure; times in milliseconds. */
export type Exchange = Readonly<typeof NO_RESPONSE>;

/** An exchange without a response. */
export function failedExchange(failure: HttpFailure, parts: Partial<Exchange> = {}): Exchange {
  return { ...NO_RESPONSE, failure, ...parts };
}

/** The protocol of a response, from its status line. */
export function protoOf({ bytes, head_start }: Exchange): string {
  return bytes[head_start + 7] === 48 ? "HTTP/1.0" : "HTTP/1.1";
}

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
  /** `user:password`, decoded, if the URL has them. */
  readonly credentials: string | null;
}

/** Null if the text is not an `http:` or `https:` URL, or its credentials cannot be decoded. */
export function parseTarget(text: string): Target | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") return null;
  const credentials = credentialsOf(url);
  if (credentials === undefined) return null;
  const is_tls = url.protocol === "https:";
  const port = url.port === "" ? (is_tls ? 443 : 80) : Number(url.port);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  url.username = url.password = url.hash = "";
  return {
    endpoint: { origin: url.origin, hostname, port, is_tls, host: url.host },
    path: url.pathname + url.search,
    url: url.href,
    credentials,
  };
}

function credentialsOf({ username, password }: URL): string | null | undefined {
  if (username === "" && password === "") return null;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return undefined;
  }
}

/** The text with the credentials of a URL masked as k6 does: `http://****:****@host/`. */
export function maskCredentials(text: string): string {
  if (!text.includes("@")) return text;
  return text.replace(
    /^(\s*(?:https?:[\\/]*|(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}))([^\\/?#]*)@/i,
    (_, start: string, info: string) => `${start}${info.includes(":") ? "****:****" : "****"}@`,
  );
}

/** As {@link maskCredentials} for text that is not a URL, perhaps because of its password. */
export function maskInvalidUrl(text: string): string {
  return text.replace(/^(\s*(?:[a-z][a-z0-9+.-]*:)?[\\/]*)[^]*@/i, "$1****@");
}

/** Why an exchange has no response. */
export type HttpFailure =
  | ErrorKind
  | "dns"
  | "tls"
  | "tls_unknown_authority"
  | "tls_wrong_host"
  | "bad_url"
  | "blocked_hostname"
  | "bad_encoding";

/** k6's error codes and texts. */
const CODES: Partial<Record<HttpFailure, readonly [code: number, text: string]>> = {
  bad_url: [1020, "invalid URL"],
  timeout: [1050, "request timeout"],
  dns: [1101, "lookup: no such host"],
  blocked_hostname: [1111, "hostname is in a blocked pattern (blockHostnames)"],
  connect_failed: [1210, "dial: connection failed"],
  connect_timeout: [1211, "dial: i/o timeout"],
  connect_refused: [1212, "dial: connection refused"],
  reset: [1220, "read: connection reset by peer"],
  tls: [1300, "tls: handshake failed"],
  tls_unknown_authority: [1310, "x509: certificate signed by unknown authority"],
  tls_wrong_host: [1311, "x509: certificate is valid for another name"],
  bad_encoding: [1701, "the body does not match its Content-Encoding"],
};

/** Any other failure, such as a response that is not HTTP/1.1. */
const GENERAL = 1000;

export function failureCode(failure: HttpFailure): number {
  return CODES[failure]?.[0] ?? GENERAL;
}

/** k6's text, such as `dial: connection refused`, or the fault in the response. */
export function failureText(failure: HttpFailure): string {
  const known = CODES[failure];
  if (known !== undefined) return known[1];
  if (failure === "closed_early") return "unexpected EOF";
  return `malformed HTTP response: ${failure.replaceAll("_", " ")}`;
}

/** The error code of a response: 1404 for 404; 0 below 400. */
export function statusCode(status: number): number {
  return status >= 400 ? 1000 + status : 0;
}
