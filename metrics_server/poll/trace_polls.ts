/** Polls of one source as spans: `poll`, and in it `fetch`, `parse` and `apply`. */
import { type Span, SPAN_ERROR, type SpanAttributes, type Tracing } from "../../platform/mod.ts";
import type { PollOutcome } from "./poller.ts";
import type { SourceReader } from "./source_reader.ts";

/** Where a poller meets the world in the course of a poll, in this order. */
export interface PollSteps {
  readonly read: SourceReader;
  readonly parsed?: () => void;
  readonly report: (outcome: PollOutcome) => void;
}

/** Names of a poll's fields as attributes: semantic conventions where there is one for it. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
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

/** The spans of the poll under way. */
interface Traced {
  readonly poll: Span;
  /** `parse` from the answer's head on, then `apply`; null where no body comes. */
  last: Span | null;
}

/**
 * The same steps, traced. A poll begins with the reading of its source and ends with its report. It is
 * the first span of a trace; Deno's own span of the HTTP request is in `fetch`, and passes the trace on
 * to the source. `parse` begins with the answer's head, since pieces are parsed as they come; `apply`
 * is what makes a snapshot of the body.
 */
export function tracePolls(tracing: Tracing, { read, report }: PollSteps): Required<PollSteps> {
  let traced: Traced | null = null;
  return {
    async read(request, openSink) {
      const poll = tracing.startSpan("poll");
      const now: Traced = traced = { poll, last: null };
      const fetch = tracing.startSpan("fetch", poll);
      let in_parser = false;
      const openTraced: typeof openSink = (length) => {
        const sink = openSink(length);
        now.last = tracing.startSpan("parse", poll);
        return {
          push(piece) {
            in_parser = true;
            sink.push(piece);
            in_parser = false;
          },
        };
      };
      try {
        return await tracing.within(fetch, () => read(request, openTraced));
      } catch (error) {
        if (!in_parser) {
          fail(fetch, error instanceof Error ? error.message : String(error));
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
      if (traced !== null) finish(traced, outcome);
      traced = null;
      report(outcome);
    },
  };
}

function finish({ poll, last }: Traced, { event, fields, stats }: PollOutcome): void {
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

function attributesOf(fields: PollOutcome["fields"]): SpanAttributes {
  const attributes: Record<string, SpanAttributes[string]> = {};
  for (const [field, name] of Object.entries(ATTRIBUTES)) {
    const value = fields[field];
    // Status 0: there was no answer.
    if (field === "status" && value === 0) continue;
    if (typeof value === "string") attributes[name] = value;
    else if (typeof value === "number") attributes[name] = asAttribute(field, value);
  }
  return attributes;
}

/** OTLP has times as doubles, counts as integers: one type for each name, whatever the value. */
function asAttribute(field: string, value: number): number | bigint {
  return field.endsWith("_ms") ? value : BigInt(value);
}
