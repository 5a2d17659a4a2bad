/**
 * Deno's built-in OpenTelemetry, enabled by `OTEL_DENO=true`: Deno begins a span for every request
 * and every `fetch`, propagates `traceparent` and exports by OTLP. The variables are documented in
 * `docs/tracing.md`.
 */
import { redactText } from "./redact.ts";

/** Attributes of a span. OTLP encodes a bigint as integer and a number as double. */
export type Attributes = Readonly<Record<string, string | number | bigint | boolean>>;

/** A span, as far as the services use it. It is exported once it has ended. */
export interface Span {
  updateName(name: string): unknown;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: typeof SPAN_ERROR; message: string }): unknown;
  end(): void;
}

/** Status code of a failed span. */
export const SPAN_ERROR = 2;

/** Begins spans and finds the active one. */
export interface Tracing {
  /** Begins a child of `parent`, or the root span of a new trace. */
  startSpan(name: string, parent?: Span): Span;
  /** Runs code under a span: spans that Deno begins in it are its children. */
  within<T>(span: Span, run: () => T): T;
  /** The sampled span this code runs under: in a handler, Deno's span of the request. */
  active(): Span | undefined;
}

/** Registry key of @opentelemetry/api, where Deno puts its own providers if tracing is on. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** Context key of @opentelemetry/api for the active span. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** Trace flag of W3C Trace Context: the span is recorded and exported. */
const SAMPLED = 1;

/** Spans of this thread hide credentials from now on, those that Deno begins itself included. */
function hideCredentials(example: object): void {
  const shared = Object.getPrototypeOf(example);
  if (Object.hasOwn(shared, HIDES)) return;
  const { setAttribute, setStatus } = shared;
  const shown = (value: unknown) => typeof value === "string" ? redactText(value) : value;
  shared.setAttribute = function (name: string, value: unknown) {
    return setAttribute.call(this, name, shown(value));
  };
  shared.setStatus = function (status: { message?: string }) {
    return setStatus.call(this, { ...status, message: shown(status.message) });
  };
  shared[HIDES] = true;
}

const HIDES = Symbol("hides credentials");

/** OpenTelemetry.js' context, which Deno types as `any`. */
interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

/**
 * Deno's tracing, or null if it is off. Call it once at the start, so that untraced requests pay
 * nothing.
 *
 * ```ts
 * const tracing = denoTracing("metrics_server");
 * const span = tracing?.startSpan("poll");
 * span?.end();
 * ```
 *
 * @param scope Name of the instrumentation scope of the spans.
 */
export function denoTracing(scope: string): Tracing | null {
  const { tracerProvider, contextManager } = Deno.telemetry;
  const registry = (globalThis as Record<symbol, { trace?: unknown } | undefined>)[REGISTRY];
  if (registry?.trace !== tracerProvider) return null;
  const tracer = tracerProvider.getTracer(scope);
  hideCredentials(tracer.startSpan("example"));
  const contextOf = (span: Span): Context => contextManager.active().setValue(SPAN_KEY, span);
  return {
    // The active span is no default parent: after a fetch it is that fetch's span (Deno 2.9).
    startSpan: (name, parent) =>
      parent === undefined
        ? tracer.startSpan(name, { root: true })
        : tracer.startSpan(name, {}, contextOf(parent)),
    within: (span, run) => contextManager.with(contextOf(span), run),
    active() {
      const span = contextManager.active().getValue(SPAN_KEY);
      return span !== undefined && span.spanContext().traceFlags & SAMPLED ? span : undefined;
    },
  };
}

/** What an answer adds to its request's span. */
export interface AnswerTrace {
  /** Path of the endpoint; null for an unknown path, which is no route name. */
  readonly route: string | null;
  /** Snapshot of the answer's data; null without data. */
  readonly snapshot_id: string | null;
  /** Age of that data, or NaN. */
  readonly age_ms: number;
}

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Wraps a handler: names each request's span by method and route, and adds `http.route`,
 * `fabric.snapshot.id` and `fabric.snapshot.age_ms`. Deno, which begins the span, knows none of
 * them.
 */
export function traceRequests(
  tracing: Tracing,
  handler: Handler,
  describe: (request: Request, response: Response) => AnswerTrace,
): Handler {
  return (request) => {
    const span = tracing.active();
    const answer = handler(request);
    if (span === undefined) return answer;
    const describeSpan = (response: Response) => {
      setSpan(span, request.method, describe(request, response));
      return response;
    };
    return answer instanceof Response ? describeSpan(answer) : answer.then(describeSpan);
  };
}

function setSpan(span: Span, method: string, { route, snapshot_id, age_ms }: AnswerTrace): void {
  const attributes: Record<string, Attributes[string]> = {};
  if (route !== null) {
    span.updateName(`${method} ${route}`);
    attributes["http.route"] = route;
  }
  if (snapshot_id !== null) attributes["fabric.snapshot.id"] = snapshot_id;
  if (!Number.isNaN(age_ms)) attributes["fabric.snapshot.age_ms"] = BigInt(Math.round(age_ms));
  span.setAttributes(attributes);
}
