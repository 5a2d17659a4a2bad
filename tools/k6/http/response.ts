/** The result of `http.*`. Everything is computed when the script reads it. */
import {
  type Exchange,
  failureCode,
  failureText,
  type HttpFailure,
  protoOf,
  statusCode,
} from "./exchange.ts";
import { NotSupported } from "../script/errors.ts";
import { selectJson } from "./json_selector.ts";
import type { PreparedRequest } from "./request_factory.ts";
import { canonicalName, readHead, readHeaders, type ResponseHead } from "./response_headers.ts";
import { parseSetCookie } from "./set_cookie.ts";

const decoder = new TextDecoder();

/** Responses up to this size are decoded at once, head and body, in bytes. */
const WHOLE_TEXT_BYTES_MAX = 4_096;

/** Fields and methods that a script finds when it lists or copies a response, in k6's order. */
const LISTED = [
  "remote_ip",
  "remote_port",
  "url",
  "status",
  "status_text",
  "proto",
  "headers",
  "cookies",
  "body",
  "timings",
  "tls_version",
  "tls_cipher_suite",
  "ocsp",
  "error",
  "error_code",
  "request",
  "json",
  "html",
  "clickLink",
  "submitForm",
] as const;

export class Response {
  readonly status: number;
  readonly url: string;
  readonly error: string;
  readonly error_code: number;
  readonly #request: PreparedRequest;
  readonly #exchange: Exchange;
  /** The decompressed body. */
  readonly #decoded: Uint8Array | null;
  /** Head and body, decoded in one call; empty if that is impossible. */
  #text: string | null = null;
  #head: ResponseHead | null = null;
  #headers: Record<string, string> | null = null;
  #body: string | ArrayBuffer | null | undefined = undefined;
  #json: unknown = undefined;

  constructor(
    request: PreparedRequest,
    exchange: Exchange,
    failure: HttpFailure | null = exchange.failure,
    decoded: Uint8Array | null = null,
  ) {
    this.#request = request;
    this.#exchange = exchange;
    this.#decoded = decoded;
    this.status = failure === null ? exchange.status : 0;
    this.url = request.plan.target.url;
    this.error = failure === null ? "" : failureText(failure);
    this.error_code = failure === null ? statusCode(exchange.status) : failureCode(failure);
  }

  /** The value; a response gets all its fields as its own: `{ ...response }` copies only these. */
  static withOwnFields<T>(this: void, value: T): T {
    if (value instanceof Response && !Object.hasOwn(value, "body")) {
      for (const name of LISTED) value.#setOwn(name, value[name]);
    }
    return value;
  }

  static {
    // Scripts may write fields, as in k6.
    for (const name of LISTED) {
      const field = Object.getOwnPropertyDescriptor(Response.prototype, name);
      if (field?.get === undefined) continue;
      Object.defineProperty(Response.prototype, name, {
        ...field,
        set(this: Response, value: unknown) {
          this.#setOwn(name, value);
        },
      });
    }
  }

  #setOwn(name: string, value: unknown): void {
    Object.defineProperty(this, name, {
      value: typeof value === "function" ? value.bind(this) : value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }

  get body(): string | ArrayBuffer | null {
    return this.#body === undefined ? (this.#body = this.#readBody()) : this.#body;
  }

  get headers(): Record<string, string> {
    const { bytes, head_start, head_end } = this.#exchange;
    return this.#headers ??= readHeaders(bytes, head_start, head_end, this.#headText());
  }

  get status_text(): string {
    return this.#readHead().status_text;
  }

  get proto(): string {
    const { head_start, head_end } = this.#exchange;
    return head_end === head_start ? "" : protoOf(this.#exchange);
  }

  get cookies(): Record<string, unknown[]> {
    const cookies = this.#readHead().lines.filter(([name]) => name === "Set-Cookie")
      .flatMap(([, value]) => parseSetCookie(value, 0)?.cookie ?? []);
    return grouped(cookies.map((cookie) => [cookie.name, cookie]));
  }

  get timings() {
    const { blocked_ms, connecting_ms, tls_handshaking_ms } = this.#exchange;
    const { sending_ms, waiting_ms, receiving_ms } = this.#exchange;
    return {
      duration: sending_ms + waiting_ms + receiving_ms,
      blocked: blocked_ms,
      looking_up: 0,
      connecting: connecting_ms,
      tls_handshaking: tls_handshaking_ms,
      sending: sending_ms,
      waiting: waiting_ms,
      receiving: receiving_ms,
    };
  }

  get request() {
    const { plan: { method, target, body }, headers, cookies } = this.#request;
    const sent = cookies.map(({ name, pair, replace }) => ({
      name,
      value: pair.slice(pair.indexOf("=") + 1),
      replace,
    }));
    return {
      method,
      url: target.url,
      headers: grouped(headers.map(([name, value]) => [canonicalName(name), value])),
      body: body?.text ?? "",
      cookies: grouped(sent.map((cookie) => [cookie.name, cookie])),
    };
  }

  get remote_ip(): string {
    return this.#exchange.remote_ip;
  }

  get remote_port(): number {
    return this.#exchange.remote_port;
  }

  /** Unknown: Deno does not report it. */
  get tls_version(): string {
    return "";
  }

  get tls_cipher_suite(): string {
    return "";
  }

  get ocsp() {
    const at = { produced_at: 0, this_update: 0, next_update: 0, revoked_at: 0 };
    return { ...at, revocation_reason: "", status: "" };
  }

  /** The body's JSON, or the selected part. @throws {TypeError} if the body is not JSON. */
  json(selector?: string): unknown {
    if (this.#json === undefined) {
      const { body } = this;
      if (body === null) throw new TypeError("response.json: the body is null, there is no JSON");
      const text = typeof body === "string" ? body : decoder.decode(body);
      try {
        this.#json = JSON.parse(text);
      } catch (error) {
        throw new TypeError(`response.json: cannot parse the body: ${(error as Error).message}`);
      }
    }
    return selector === undefined ? this.#json : selectJson(this.#json, selector);
  }

  html(): never {
    throw notSupported("html");
  }

  clickLink(): never {
    throw notSupported("clickLink");
  }

  submitForm(): never {
    throw notSupported("submitForm");
  }

  toJSON() {
    const fields = LISTED.map((name) => [name, this[name]] as const)
      .filter(([, value]) => typeof value !== "function")
      .map(([name, value]) => [name, value instanceof ArrayBuffer ? null : value]);
    return Object.fromEntries(fields);
  }

  /** The head, maybe with the body. */
  #headText(): string {
    const { bytes, head_start, head_end } = this.#exchange;
    return this.#wholeText() ?? decoder.decode(bytes.subarray(head_start, head_end));
  }

  #readHead(): ResponseHead {
    const { head_start, head_end } = this.#exchange;
    return this.#head ??= readHead(this.#headText().slice(0, head_end - head_start));
  }

  #readBody(): string | ArrayBuffer | null {
    const { response_type } = this.#request.plan;
    if (response_type === "none" || this.status === 0) return null;
    const { bytes, head_start, head_end, body_end } = this.#exchange;
    if (response_type === "text" && this.#decoded === null) {
      const text = this.#wholeText();
      if (text !== null) return text.slice(head_end - head_start);
    }
    const body = this.#decoded ?? bytes.subarray(head_end, body_end);
    return response_type === "text" ? decoder.decode(body) : body.slice().buffer as ArrayBuffer;
  }

  /** Null if the response is too long, or not ASCII, so that its offsets differ. */
  #wholeText(): string | null {
    if (this.#text === null) {
      const { bytes, head_start, body_end } = this.#exchange;
      const length = body_end - head_start;
      if (length > WHOLE_TEXT_BYTES_MAX) return null;
      this.#text = decoder.decode(bytes.subarray(head_start, body_end));
      if (this.#text.length !== length) this.#text = "";
    }
    return this.#text === "" ? null : this.#text;
  }
}

/** The values of each name; one may be `constructor`. */
function grouped<T>(entries: readonly (readonly [name: string, value: T])[]): Record<string, T[]> {
  const by_name = new Map<string, T[]>();
  for (const [name, value] of entries) {
    const values = by_name.get(name);
    if (values === undefined) by_name.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(by_name);
}

function notSupported(name: string): NotSupported {
  return new NotSupported(`response.${name} is not supported by this runner: use real k6 for it`);
}
