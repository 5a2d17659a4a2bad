/** A receiver of OpenTelemetry traces: OTLP over HTTP, as JSON. */
import { DEADLINE_MS, until } from "./until.ts";

/** A span as it was exported. */
export interface ReceivedSpan {
  /** `service.name` of its resource. */
  readonly service: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly trace_id: string;
  readonly span_id: string;
  /** Empty where it is the first of its trace. */
  readonly parent_id: string;
  /** Integers are bigints. */
  readonly attributes: Record<string, unknown>;
  /** 0 unset, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly started_ns: bigint;
  readonly ended_ns: bigint;
}

/** Variables for a service that is to export its spans here. */
export type OtlpEnv = Record<string, string>;

/** Spans kept; a test that makes more has to be made smaller. */
const SPANS_MAX = 10_000;

/** Spans shown where a wait fails. */
const SPANS_SHOWN = 20;

/** Listens on a free port; ends with the block that `using`s it. */
export class OtlpReceiver implements AsyncDisposable {
  /** In the order they came: of one service, the order they ended in. */
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

  /** Has a service export its spans here, soon after they have ended. */
  env(service: string): OtlpEnv {
    return {
      OTEL_DENO: "true",
      OTEL_DENO_METRICS: "false",
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    };
  }

  /** The first span that fits; waits for it. */
  async wait(what: string, fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    try {
      return await until(`span: ${what}`, () => this.spans.find(fits), DEADLINE_MS);
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

/** What is read of an ExportTraceServiceRequest, as proto3 JSON with ids in hex. */
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
