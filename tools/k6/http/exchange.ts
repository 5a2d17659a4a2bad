/** What crosses between a script's request and the connections that carry it. */
import type { Endpoint } from "./endpoint.ts";
import type { HttpFailure } from "./error_codes.ts";

/** One request as it goes onto the wire. */
export interface ExchangeRequest {
  readonly endpoint: Endpoint;
  readonly bytes: Uint8Array;
  readonly is_head: boolean;
  readonly keep_body: boolean;
  /** Whether it may be sent again where a kept connection turns out to be closed. */
  readonly is_repeatable: boolean;
  readonly timeout_ms: number;
}

/** One answer, or why there is none; times in milliseconds. */
export interface Exchange {
  readonly failure: HttpFailure | null;
  readonly status: number;
  /** Whether the head holds Set-Cookie or Content-Encoding. */
  readonly has_more_to_read: boolean;
  /** Head in `[head_start, head_end)`, body in `[head_end, body_end)`. */
  readonly bytes: Uint8Array;
  readonly head_start: number;
  readonly head_end: number;
  readonly body_end: number;
  readonly blocked_ms: number;
  readonly connecting_ms: number;
  readonly tls_handshaking_ms: number;
  readonly sending_ms: number;
  readonly waiting_ms: number;
  readonly receiving_ms: number;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly remote_ip: string;
  readonly remote_port: number;
}

const NOTHING = new Uint8Array(0);

/** An exchange that got nowhere. */
export function failedExchange(
  failure: HttpFailure,
  parts: Partial<Exchange> = {},
): Exchange {
  return {
    failure,
    status: 0,
    has_more_to_read: false,
    bytes: NOTHING,
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
    ...parts,
  };
}
