/**
 * The access log of one serving thread: which requests are logged, and with what.
 *
 *     GetMetric's answer ── label: switch, metric ──┐
 *     connection ────────── label: client ──────────┤ numbers
 *     request ── status, latency, age ──────────────┴─▶ ring ─▶ log worker ─▶ one line
 *
 * A line of a success has numbers and labels alone, which cost no text. Reading headers costs more
 * than 2 % of a GetMetric request, so only failures, streams, long bodies and samples have the
 * request id.
 */
import { type Log, requestIdOf, splitUrl } from "../../platform/mod.ts";
import { HEALTHZ, OTHER, READYZ } from "./endpoints.ts";
import { Query } from "./query.ts";

/** Labels of GetMetric's answers: 1 to this one; the last is of the answer that is not cached. */
export const ANSWER_LABELS_MAX = 8193;

/** Clients with a label; with one more, all labels are given anew. */
export const CLIENT_LABELS_MAX = 4096;

const QUERY_VALUE_CHARS_MAX = 128;

const SETTING = /^(?:(all)|(errors)|(off)|sample:([1-9]\d{0,5}))$/i;

/** Whether the text is a setting of ACCESS_LOG. */
export function isAccessSetting(text: string): boolean {
  return SETTING.test(text);
}

/** One of this many successes is logged: 1 (all), N, or Infinity (errors); null: no request is. */
export function accessEvery(setting: string): number | null {
  const [, all, errors, off, sample] = SETTING.exec(setting)!;
  if (off !== undefined) return null;
  return all !== undefined ? 1 : errors !== undefined ? Infinity : Number(sample);
}

export type Info = Deno.ServeHandlerInfo<Deno.NetAddr> | undefined;

/** What a line says of its request beside numbers. */
export interface RequestFacts {
  readonly switch_id?: string;
  readonly metric?: string;
  readonly client?: string;
  readonly request_id?: string;
}

/** Numbers of a line; NaN leaves one out. */
export interface Figures {
  readonly status: number;
  readonly latency_ms: number;
  readonly age_ms: number;
  readonly bytes_sent: number;
}

export class AccessLog {
  /** Whether any request is logged. */
  readonly is_on: boolean;
  readonly #clients = new Map<string, number>();
  #successes = 0;

  /**
   * @param endpoints Names by index.
   * @param every See {@link accessEvery}.
   */
  constructor(
    readonly log: Log,
    readonly endpoints: readonly string[],
    readonly every: number | null,
  ) {
    this.is_on = log.access_on && every !== null;
  }

  /** Names GetMetric's answer of this number in later lines; returns its label, 0 without one. */
  nameAnswer(number: number, switch_id: string, metric: string): number {
    if (!this.is_on || this.every !== 1) return 0;
    return this.log.label(number, { switch_id, metric }) ? number : 0;
  }

  /** Logs a request that was answered at once. */
  write(
    request: Request,
    info: Info,
    endpoint: number,
    status: number,
    ts_ms: number,
    latency_ms: number,
    age_ms: number,
    label: number,
  ): void {
    if (status < 400) {
      const is_debug = isProbe(endpoint, request);
      if (is_debug && !this.log.debug_on) return;
      if (is_debug || this.every === 1) {
        const client = this.#clientLabel(info);
        this.log.access(
          ts_ms,
          endpoint,
          status,
          latency_ms,
          age_ms,
          NaN,
          label,
          client,
          is_debug,
        );
        return;
      }
    }
    const figures = { status, latency_ms, age_ms, bytes_sent: NaN };
    if (this.#selects(status)) this.#put(endpoint, figures, factsOf(request, info));
  }

  /** Logs a request whose `facts` were read before its response was sent. */
  writeFacts(endpoint: number, figures: Figures, facts: RequestFacts): void {
    if (this.#selects(figures.status)) this.#put(endpoint, figures, facts);
  }

  /** Counts a success, and decides whether it is logged. */
  #selects(status: number): boolean {
    if (status >= 400) return true;
    return Number.isFinite(this.every) && this.#successes++ % this.every! === 0;
  }

  #put(endpoint: number, figures: Figures, facts: RequestFacts): void {
    const { status, latency_ms, age_ms, bytes_sent } = figures;
    this.log.accessFields({
      endpoint: this.endpoints[endpoint],
      status,
      latency_ms: finite(Math.round(latency_ms * 1000) / 1000),
      age_ms: finite(Math.round(age_ms)),
      bytes_sent: finite(bytes_sent),
      ...facts,
    });
  }

  #clientLabel(info: Info): number {
    const client = clientOf(info);
    if (client === undefined) return 0;
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    if (this.#clients.size === CLIENT_LABELS_MAX) this.#clients.clear();
    const label = ANSWER_LABELS_MAX + 1 + this.#clients.size;
    if (!this.log.label(label, { client })) return 0;
    this.#clients.set(client, label);
    return label;
  }
}

/** What is known of a request besides its path. Valid only before the response is sent. */
export function factsOf(request: Request, info: Info): RequestFacts {
  const [, text] = splitUrl(request.url);
  const query = text === "" ? null : new Query(text);
  const value = (name: string) => {
    const found = query?.optional(name);
    return typeof found === "string" ? found.slice(0, QUERY_VALUE_CHARS_MAX) : undefined;
  };
  return {
    switch_id: value("switch_id"),
    metric: value("metric") ?? value("fields"),
    client: clientOf(info),
    request_id: requestIdOf(request.headers),
  };
}

/** Kubelets request the health routes, load balancers also `HEAD /`. */
function isProbe(endpoint: number, request: Request): boolean {
  return endpoint === HEALTHZ || endpoint === READYZ ||
    (endpoint === OTHER && request.method === "HEAD");
}

/** Address of the connection's other end, which may be a proxy. */
export function clientOf(info: Info): string | undefined {
  return info?.remoteAddr.hostname;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
