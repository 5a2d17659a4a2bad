/** A receiver of OpenTelemetry traces: OTLP over HTTP, as JSON. */
import { until } from "../../tools/verdict/mod.ts";

export interface ReceivedSpan {
  /** `service.name` of its resource. */
  readonly service: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly trace_id: string;
  readonly span_id: string;
  /** Empty for a root span. */
  readonly parent_id: string;
  /** Integers are bigints. */
  readonly attributes: Record<string, unknown>;
  /** 0 unset, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly started_ns: bigint;
  readonly ended_ns: bigint;
}

/** Spans kept; a test must stay below. */
const SPANS_MAX = 10_000;
const SPANS_SHOWN = 20;

export class OtlpReceiver implements AsyncDisposable {
  /** In the order of arrival; spans of one service arrive in the order of their end. */
  readonly spans: ReceivedSpan[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const body = await request.json();
        if (new URL(request.url).pathname === "/v1/traces") this.#take(body);
        return Response.json({});
      },
    );
  }

  /** Variables with which a service exports its spans here, soon after their end. */
  env(service: string): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_DENO_METRICS: "false",
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    };
  }

  async wait(what: string, matches: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    try {
      return await until(`span: ${what}`, () => this.spans.find(matches));
    } catch (error) {
      const last = this.spans.slice(-SPANS_SHOWN).map(({ service, name, attributes }) =>
        `${service} ${name} ${Deno.inspect(attributes, { breakLength: Infinity })}`
      );
      throw new Error(`${(error as Error).message}; last spans:\n${last.join("\n")}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #take({ resourceSpans }: OtlpTraces): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(readAttributes(resource.attributes)["service.name"]);
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        if (this.spans.length >= SPANS_MAX) throw new Error(`more than ${SPANS_MAX} spans`);
        this.spans.push(readSpan(service, span));
      }
    }
  }
}

/** The part of an ExportTraceServiceRequest used here, as proto3 JSON with ids in hex. */
interface OtlpTraces {
  resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  attributes: OtlpAttribute[];
  status: { code: number; message: string };
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
}

function readSpan(service: string, span: OtlpSpan): ReceivedSpan {
  return {
    service,
    name: span.name,
    kind: span.kind,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: span.parentSpanId,
    attributes: readAttributes(span.attributes),
    status: span.status,
    started_ns: BigInt(span.startTimeUnixNano),
    ended_ns: BigInt(span.endTimeUnixNano),
  };
}

function readAttributes(attributes: OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [
    key,
    value.intValue === undefined ? Object.values(value)[0] : BigInt(value.intValue),
  ]));
}
