/**
 * Deno's own OpenTelemetry, which `OTEL_DENO=true` switches on: Deno begins a span for every request
 * that is served and every `fetch`, passes `traceparent` on and exports by OTLP. Here is what the
 * services use of it. `docs/tracing.md` tells which variables there are.
 */

/** What a span tells besides name and times. OTLP has a bigint as an integer, a number as a double. */
export type SpanAttributes = Readonly<Record<string, string | number | bigint | boolean>>;

/** A span, as far as it is used here. It is exported once it has ended. */
export interface Span {
  updateName(name: string): unknown;
  setAttributes(attributes: SpanAttributes): unknown;
  setStatus(status: { code: typeof SPAN_ERROR; message: string }): unknown;
  end(): void;
}

/** The status code of what failed. */
export const SPAN_ERROR = 2;

/** Begins spans and finds the active one. */
export interface Tracing {
  /** Begins a span: the child of another one, else the first of a trace of its own. */
  startSpan(name: string, parent?: Span): Span;
  /** Runs something under a span: spans that Deno begins meanwhile are its children. */
  within<T>(span: Span, run: () => T): T;
  /** The span this code runs under, Deno's own for the request in a handler, where it is sampled. */
  active(): Span | undefined;
}

/** Where @opentelemetry/api looks for the providers; Deno puts its own there where tracing is on. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** The key under which @opentelemetry/api keeps the active span in a context. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

/** Trace flag of W3C Trace Context: the span is recorded and exported. */
const SAMPLED = 1;

/** Of OpenTelemetry.js; Deno's types leave it `any`. */
interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

/**
 * Deno's tracing, or null where it is off: to be asked once, at the start, so that what is not traced
 * does not pay for it.
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
  const contextOf = (span: Span): Context => contextManager.active().setValue(SPAN_KEY, span);
  return {
    // What is active is not asked for a parent: after a fetch it is that fetch's span (Deno 2.9).
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
