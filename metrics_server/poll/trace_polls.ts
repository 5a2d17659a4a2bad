/** Polls of one source as spans: `poll`, and in it `fetch`, `parse` and `apply`. */
import {
  type Attributes,
  redactText,
  secretsOf,
  type Span,
  SPAN_ERROR,
  type Tracing,
} from "../../platform/mod.ts";
import type { PollOutcome } from "./poller_world.ts";
import type { SourceReader } from "./source_reader.ts";

/** A poll's steps to the outside, in this order. */
export interface PollSteps {
  readonly read: SourceReader;
  readonly parsed?: () => void;
  readonly report: (outcome: PollOutcome) => void;
}

/** Attribute for each field of a poll: OpenTelemetry's semantic convention if there is one. */
const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  source: "url.full",
  status: "http.response.status_code",
  cause: "error.type",
  rows: "fabric.snapshot.rows",
  bad_rows: "fabric.snapshot.bad_rows",
  parse_ms: "fabric.poll.parse_ms",
  retries: "fabric.poll.retries",
  retry_in_ms: "fabric.poll.retry_in_ms",
  consecutive_failures: "fabric.poll.consecutive_failures",
};

interface PollSpans {
  readonly poll: Span;
  /** `parse` from the answer's head on, then `apply`; null without a body. */
  last: Span | null;
}

/**
 * Wraps a poll's steps in spans.
 *
 *     poll ├─ fetch ── Deno's own span of the HTTP request, which passes the trace on to the source
 *          ├─ parse ── from the answer's head on: chunks are parsed as they arrive
 *          └─ apply ── makes a snapshot of the body
 */
export function tracePolls(tracing: Tracing, { read, report }: PollSteps): Required<PollSteps> {
  let traced: PollSpans | null = null;
  return {
    async read(request, openSink) {
      traced?.poll.end(); // a paused poll ended unreported
      const poll = tracing.startSpan("poll");
      const now: PollSpans = traced = { poll, last: null };
      const fetch = tracing.startSpan("fetch", poll);
      let in_parser = false;
      const openTraced: typeof openSink = (length) => {
        const sink = openSink(length);
        now.last = tracing.startSpan("parse", poll);
        return {
          push(chunk) {
            in_parser = true;
            sink.push(chunk);
            in_parser = false;
          },
        };
      };
      try {
        return await tracing.within(fetch, () => read(request, openTraced));
      } catch (error) {
        if (!in_parser) {
          const text = error instanceof Error ? error.message : String(error);
          fail(fetch, redactText(text, secretsOf(request.url)));
          now.last?.end();
          now.last = null;
        }
        throw error;
      } finally {
        fetch.end();
      }
    },
    parsed() {
      if (traced === null) return;
      traced.last?.end();
      traced.last = tracing.startSpan("apply", traced.poll);
    },
    report(outcome) {
      const is_poll = outcome.event === "poll.run" || outcome.event === "poll.error";
      if (is_poll && traced !== null) {
        finish(traced, outcome);
        traced = null;
      }
      report(outcome);
    },
  };
}

function finish({ poll, last }: PollSpans, { event, fields, stats }: PollOutcome): void {
  poll.setAttributes(attributesOf(fields));
  if (stats.snapshot_id !== null) poll.setAttributes({ "fabric.snapshot.id": stats.snapshot_id });
  if (event === "poll.error") {
    const detail = String(fields.detail);
    fail(poll, detail);
    if (last !== null) fail(last, detail);
  }
  last?.end();
  poll.end();
}

function fail(span: Span, message: string): void {
  span.setStatus({ code: SPAN_ERROR, message });
}

function attributesOf(fields: PollOutcome["fields"]): Attributes {
  const attributes: Record<string, Attributes[string]> = {};
  for (const [field, name] of Object.entries(ATTRIBUTE_NAMES)) {
    const value = fields[field];
    // Status 0: no answer.
    if (field === "status" && value === 0) continue;
    if (typeof value === "string") attributes[name] = value;
    else if (typeof value === "number") attributes[name] = asAttribute(field, value);
  }
  return attributes;
}

/** OTLP types: times are doubles, counts are integers. */
function asAttribute(field: string, value: number): number | bigint {
  return field.endsWith("_ms") ? value : BigInt(value);
}
