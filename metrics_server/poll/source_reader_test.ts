import { assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { freePort } from "../../tools/processes/mod.ts";
import { bytesOf } from "../testing/bodies.ts";
import { PollError } from "./poll_error.ts";
import { SourceClient } from "./source_client.ts";
import { fetchReader, type ReadAnswer } from "./source_reader.ts";
import { RawSource } from "./testing/raw_source.ts";

const CSV = "switch_id,m\nsw-0,1\n";
const TIMEOUT_MS = 5000;
const NOW_MS = Date.UTC(2026, 9, 21, 7, 27);

/** A reader with its own connection pool. */
class Reading implements Disposable {
  readonly #client = new SourceClient();
  readonly #read;
  text = "";
  onText = () => {};

  /** @param deadline Aborts the exchange at its timeout, instead of a timer. */
  constructor(deadline?: AbortSignal) {
    const byTest = deadline && (() => ({ signal: deadline, [Symbol.dispose]() {} }));
    this.#read = fetchReader(this.#client.send, () => NOW_MS, undefined, byTest);
  }

  read(url: string, rest: { etag?: string; timeout_ms?: number; bytes_max?: number } = {}) {
    this.text = "";
    const request = { url, etag: null, timeout_ms: TIMEOUT_MS, bytes_max: 1_000_000, ...rest };
    return this.#read(request, () => ({
      push: (piece) => {
        this.text += new TextDecoder().decode(piece);
        this.onText();
      },
    }));
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** Reads an answer of these bytes. */
async function readOnce(
  answer: string | Uint8Array<ArrayBuffer>,
  rest: Parameters<Reading["read"]>[1] = {},
): Promise<{ answer: ReadAnswer; text: string }> {
  await using source = new RawSource(async (connection) => {
    await connection.send(answer);
  });
  using reading = new Reading();
  return { answer: await reading.read(source.url, rest), text: reading.text };
}

async function failure(answer: string | Uint8Array<ArrayBuffer>, rest = {}): Promise<PollError> {
  return await assertRejects(() => readOnce(answer, rest), PollError);
}

const whole = (body: string, head = "") =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${bytesOf(body).length}\r\n${head}\r\n${body}`;

Deno.test("A complete answer yields its body, ETag and times", async () => {
  const head = 'ETag: "boot-1"\r\nX-Snapshot-Ts: 1700000000000\r\nAge: 7\r\nAge: 900\r\n';
  const { answer, text } = await readOnce(whole(CSV, head));
  assertEquals(text, CSV);
  assertEquals(answer, {
    status: 200,
    etag: '"boot-1"',
    times: {
      requested_ms: NOW_MS,
      answered_ms: NOW_MS,
      snapshot_ts: 1_700_000_000_000,
      data_age_ms: NaN,
      cache_age_ms: 7000,
      date_ms: NaN,
    },
    end_known: true,
    may_be_empty: false,
  });
});

Deno.test("X-Shard permits an empty body, unless the body ends with its connection", async () => {
  const shard = "X-Shard: 1/4\r\n";
  assertEquals((await readOnce(whole(CSV, shard))).answer.may_be_empty, true);
  const cut = `HTTP/1.1 200 OK\r\n${shard}Connection: close\r\n\r\n${CSV}`;
  assertEquals((await readOnce(cut)).answer.may_be_empty, false);
});

Deno.test("An answer that ends with its connection is read, its end unknown", async () => {
  const { answer, text } = await readOnce(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${CSV}`);
  assertEquals([text, answer.end_known], [CSV, false]);
});

Deno.test("An ETag over 256 characters is ignored", async () => {
  const { answer } = await readOnce(whole(CSV, `ETag: "${"x".repeat(300)}"\r\n`));
  assertEquals(answer.etag, null);
});

Deno.test("A gzip body is decoded", async () => {
  const stream = new Blob([CSV]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  const head = bytesOf(
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const { text } = await readOnce(new Uint8Array([...head, ...body]));
  assertEquals(text, CSV);
});

Deno.test("A gzip body is limited by its decompressed size", async () => {
  const row = new Blob(["x".repeat(5_000_000)]);
  const stream = row.stream().pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  assertLess(body.length, 20_000);
  const head = bytesOf(
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const error = await failure(new Uint8Array([...head, ...body]));
  assertEquals(error.cause_word, "too_large");
});

for (
  const [name, answer, cause, detail] of [
    ["no answer", "", "reset", ""],
    ["bytes that are not HTTP", "\x16\x03\x01 what\r\n\r\n", "reset", ""],
    ["a body shorter than announced", whole(CSV).slice(0, -4), "truncated", "of 19 announced"],
    [
      "a chunked body that breaks off",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
      "truncated",
      "after 5 bytes",
    ],
    [
      "a redirect",
      "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
      "http_3xx",
      "302 to http://elsewhere/: set UPSTREAM_URL",
    ],
    ["an unconditional 304", "HTTP/1.1 304 Not Modified\r\n\r\n", "http_status", "304"],
    ["404", "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc", "http_4xx", "answered 404"],
    ["500", "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nabc", "http_5xx", "answered 500"],
    ["204", "HTTP/1.1 204 No\r\n\r\n", "http_status", "answered 204"],
    [
      "a body announced too large",
      "HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n",
      "too_large",
      "Content-Length 1000001: at most UPSTREAM_MAX_BYTES=1000000",
    ],
  ] as const
) {
  Deno.test(`The cause of ${name} is ${cause}`, async () => {
    const error = await failure(answer);
    assertEquals(error.cause_word, cause);
    assertStringIncludes(error.message, detail);
  });
}

Deno.test("A failure carries Retry-After", async () => {
  const error = await failure(
    "HTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n",
  );
  assertEquals([error.cause_word, error.retry_after_ms], ["http_5xx", 60_000]);
});

Deno.test("A port without a listener is refused", async () => {
  using reading = new Reading();
  const url = `http://127.0.0.1:${freePort()}/`;
  const error = await assertRejects(() => reading.read(url), PollError);
  assertEquals(error.cause_word, "refused");
});

Deno.test("An https URL of a source without TLS is tls", async () => {
  await using source = new RawSource(async (connection) => {
    await connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  });
  using reading = new Reading();
  const url = source.url.replace("http:", "https:");
  const error = await assertRejects(() => reading.read(url), PollError);
  assertEquals(error.cause_word, "tls");
});

for (
  const [name, sent] of [
    ["before the head", ""],
    ["within the head", "HTTP/1.1 200 OK\r\nContent-"],
    ["within the body", whole(CSV).slice(0, -4)],
  ]
) {
  Deno.test(`A source that hangs ${name} ends at the deadline`, async () => {
    await using source = new RawSource(async (connection) => {
      if (sent !== "") await connection.send(sent);
      await connection.closedByClient();
    });
    using reading = new Reading();
    const error = await assertRejects(
      () => reading.read(source.url, { timeout_ms: 100 }),
      PollError,
    );
    assertEquals(error.cause_word, "timeout");
    assertStringIncludes(error.message, "(POLL_TIMEOUT_MS=100)");
  });
}

Deno.test("A slow drip does not extend the deadline", async () => {
  await using source = new RawSource(async (connection) => {
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${"x".repeat(99)}`);
    await connection.drip(10);
  });
  const deadline = new AbortController();
  using reading = new Reading(deadline.signal);
  reading.onText = () => {
    if (reading.text.length > 101) deadline.abort(new DOMException("late", "TimeoutError"));
  };
  const error = await assertRejects(() => reading.read(source.url), PollError);
  assertEquals(error.cause_word, "timeout");
});

Deno.test("An endless body ends at the limit, and its connection is closed", async () => {
  await using source = new RawSource(async (connection) => {
    await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    await connection.flood(`1000\r\n${"x".repeat(4096)}\r\n`);
  });
  using reading = new Reading();
  const error = await assertRejects(
    () => reading.read(source.url, { bytes_max: 100_000 }),
    PollError,
  );
  assertEquals(error.cause_word, "too_large");
  await source.idle();
});

Deno.test("Polls share one connection, even after 304s and errors", async () => {
  const answers = [
    whole(CSV),
    "HTTP/1.1 304 Not Modified\r\n\r\n",
    "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
  ];
  await using source = new RawSource(async (connection) => {
    for (let n = 0; await connection.nextRequest(); n++) {
      await connection.send(answers[n % answers.length]);
    }
  }, { reads_requests: false });
  using reading = new Reading();
  for (let n = 0; n < 30; n++) {
    await reading.read(source.url, { etag: '"a"' }).catch((error) => {
      assertEquals((error as PollError).cause_word, "http_5xx");
    });
  }
  assertEquals(source.connections, 1);
});
