import { assertEquals, assertRejects } from "@std/assert";
import type { Attributes, Span, Tracing } from "../../platform/mod.ts";
import { ParseError } from "../parse/mod.ts";
import { PollError } from "./poll_error.ts";
import type { PollOutcome } from "./poller_world.ts";
import { emptyStats } from "./poller_stats.ts";
import type { BodySink, ReadAnswer, SourceReader } from "./source_reader.ts";
import { timesOf } from "./testing/taker.ts";
import { tracePolls } from "./trace_polls.ts";

const ANSWER: ReadAnswer = { status: 200, etag: null, times: timesOf(), end_known: true };
const REQUEST = { url: "http://source/", etag: null, timeout_ms: 1, bytes_max: 1 };

/** A span that records its calls. */
class RecordedSpan implements Span {
  attributes: Attributes = {};
  failure: string | null = null;
  constructor(readonly name: string, readonly parent: Span | null, readonly recorded: string[]) {
    recorded.push(`${name} begins`);
  }
  updateName() {}
  setAttributes(attributes: Attributes) {
    this.attributes = { ...this.attributes, ...attributes };
  }
  setStatus({ message }: { message: string }) {
    this.failure = message;
  }
  end() {
    this.recorded.push(`${this.name} ends`);
  }
}

/** Tracing that keeps the spans; {@link Tracing.within} sets the active one. */
class RecordedTracing implements Tracing {
  readonly recorded: string[] = [];
  readonly spans: RecordedSpan[] = [];
  now: Span | undefined;

  startSpan(name: string, parent?: Span): Span {
    const span = new RecordedSpan(name, parent ?? null, this.recorded);
    this.spans.push(span);
    return span;
  }
  within<T>(span: Span, run: () => T): T {
    this.now = span;
    return run();
  }
  active() {
    return this.now;
  }
  failures(): Record<string, string | null> {
    return Object.fromEntries(this.spans.map(({ name, failure }) => [name, failure]));
  }
}

function outcome(event: PollOutcome["event"], fields: PollOutcome["fields"]): PollOutcome {
  const stats = { ...emptyStats("http://source/"), snapshot_id: "boot-1" };
  return { event, fields, stats, snapshot: null, items: null };
}

/** Polls a source once, as a poller does. */
async function pollOnce(
  read: SourceReader,
  fields: PollOutcome["fields"],
  sink?: BodySink["push"],
) {
  const tracing = new RecordedTracing();
  const reported: PollOutcome[] = [];
  const steps = tracePolls(tracing, { read, report: (outcome) => reported.push(outcome) });
  const cause = fields.cause;
  const reading = steps.read(REQUEST, () => ({ push: sink ?? (() => {}) }));
  if (cause === undefined || cause === "older_snapshot") await reading;
  else await assertRejects(() => reading);
  if (sink !== undefined && (cause === undefined || cause === "older_snapshot")) steps.parsed();
  const expected = outcome(cause === undefined ? "poll.run" : "poll.error", fields);
  steps.report(expected);
  assertEquals(reported, [expected]);
  return tracing;
}

const readBody: SourceReader = (_, openSink) => {
  openSink(1).push(new Uint8Array(1));
  return Promise.resolve(ANSWER);
};

Deno.test("tracePolls() nests fetch, parse and apply in the poll, and the exchange in fetch", async () => {
  const tracing = await pollOnce(readBody, { status: 200 }, () => {});
  const [poll, fetch] = tracing.spans;
  assertEquals(tracing.recorded, [
    "poll begins",
    "fetch begins",
    "parse begins",
    "fetch ends",
    "parse ends",
    "apply begins",
    "apply ends",
    "poll ends",
  ]);
  assertEquals(tracing.spans.map(({ parent }) => parent), [null, poll, poll, poll]);
  assertEquals(tracing.active(), fetch);
});

Deno.test("tracePolls() begins no parse and no apply without a body", async () => {
  const tracing = await pollOnce(() => Promise.resolve({ ...ANSWER, status: 304 }), {
    status: 304,
  });
  assertEquals(tracing.spans.map(({ name }) => name), ["poll", "fetch"]);
});

Deno.test("tracePolls() sets counts as integers, times as doubles, and the snapshot id", async () => {
  const fields = { source: "http://source/", status: 200, rows: 3, parse_ms: 0, bad_samples: [] };
  const { spans: [poll] } = await pollOnce(readBody, fields, () => {});
  assertEquals(poll.attributes, {
    "url.full": "http://source/",
    "http.response.status_code": 200n,
    "fabric.snapshot.rows": 3n,
    "fabric.poll.parse_ms": 0,
    "fabric.snapshot.id": "boot-1",
  });
});

Deno.test("tracePolls() sets no status without an answer", async () => {
  const read = () => Promise.reject(new PollError("refused", "connection refused"));
  const fields = { cause: "refused", detail: "connection refused", status: 0 };
  const tracing = await pollOnce(read, fields);
  assertEquals(tracing.spans[0].attributes, {
    "error.type": "refused",
    "fabric.snapshot.id": "boot-1",
  });
  assertEquals(tracing.failures(), { poll: "connection refused", fetch: "connection refused" });
});

Deno.test("tracePolls() marks the phase that failed", async () => {
  const brokenOff: SourceReader = (_, openSink) => {
    openSink(1).push(new Uint8Array(1));
    return Promise.reject(new PollError("truncated", "broke off"));
  };
  const cases: [
    SourceReader,
    PollOutcome["fields"],
    BodySink["push"],
    Record<string, string | null>,
  ][] = [
    [brokenOff, { cause: "truncated", detail: "broke off" }, () => {}, {
      fetch: "broke off",
      parse: null,
    }],
    [(request, openSink) => Promise.try(() => readBody(request, openSink)), {
      cause: "html",
      detail: "a page",
    }, () => {
      throw new ParseError("html", "a page");
    }, { fetch: null, parse: "a page" }],
    [readBody, { cause: "older_snapshot", detail: "older" }, () => {}, {
      fetch: null,
      parse: null,
      apply: "older",
    }],
  ];
  for (const [read, fields, push, failures] of cases) {
    const tracing = await pollOnce(read, fields, push);
    assertEquals(tracing.failures(), { poll: `${fields.detail}`, ...failures });
    assertEquals(
      tracing.recorded.filter((line) => line.endsWith("ends")).length,
      tracing.spans.length,
    );
  }
});
