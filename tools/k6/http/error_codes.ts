/** What k6 calls an exchange without an answer: a number and a text. */
import type { ErrorKind } from "../../http/mod.ts";

/** Ways to have no answer besides those of the connection itself. */
export type HttpFailure =
  | ErrorKind
  | "dns"
  | "tls"
  | "tls_unknown_authority"
  | "tls_wrong_host"
  | "bad_url"
  | "blocked_hostname"
  | "bad_encoding";

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
  bad_encoding: [1701, "the body is not encoded as Content-Encoding says"],
};

/** Everything else, such as an answer that is not HTTP/1.1. */
const GENERAL = 1000;

/**
 * ```ts
 * failureCode("connect_refused"); // 1212
 * failureCode("bad_chunk"); // 1000
 * ```
 */
export function failureCode(failure: HttpFailure): number {
  return CODES[failure]?.[0] ?? GENERAL;
}

/** `dial: connection refused`; where k6 has no name for it, what is wrong with the answer. */
export function failureText(failure: HttpFailure): string {
  const known = CODES[failure];
  if (known !== undefined) return known[1];
  if (failure === "closed_early") return "unexpected EOF";
  return `malformed HTTP response: ${failure.replaceAll("_", " ")}`;
}

/** 1404 for 404; 0 below 400. */
export function statusCode(status: number): number {
  return status >= 400 ? 1000 + status : 0;
}
