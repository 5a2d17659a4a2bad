/** Spans, where OTEL_DENO=true asks for them. */
export { type AnswerTrace, traceRequests } from "./trace_requests.ts";
export {
  denoTracing,
  type Span,
  SPAN_ERROR,
  type SpanAttributes,
  type Tracing,
} from "./tracing.ts";
