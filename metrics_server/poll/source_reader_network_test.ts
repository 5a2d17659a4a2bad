/** Exchanges that fail in the network, TLS, compression or the URL. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { becomesFree, freePort } from "../../tools/processes/mod.ts";
import { PollError } from "./poll_error.ts";
import { NO_ACCESS, SourceClient } from "./source_client.ts";
import { fetchReader } from "./source_reader.ts";
import { RawSource } from "./testing/raw_source.ts";

const CSV = "switch_id,m\nsw-0,1\n";
const TIMEOUT_MS = 5000;

/** Reads a URL once. */
async function read(url: string, access = NO_ACCESS) {
  using client = new SourceClient(access);
  const reader = fetchReader(client.send, () => 0);
  let text = "";
  const decoder = new TextDecoder();
  const request = { url, etag: null, timeout_ms: TIMEOUT_MS, bytes_max: 1_000_000 };
  const answer = await reader(request, () => ({
    push: (piece) => void (text += decoder.decode(piece, { stream: true })),
  }));
  return { answer, text };
}

/** Reads an answer of these bytes, once. */
async function readAnswer(...parts: (string | Uint8Array)[]) {
  await using source = new RawSource(async (connection) => {
    for (const part of parts) await connection.send(part);
  });
  return await read(source.url);
}

const failureOf = (reading: () => Promise<unknown>) => assertRejects(reading, PollError);

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("An impossible host name is dns", async () => {
  // A label above 63 bytes is invalid: the resolver fails without a query.
  const error = await failureOf(() => read(`http://${"x".repeat(64)}.invalid/counters`));
  assertEquals(error.cause_word, "dns");
});

Deno.test("A port that fetch blocks is refused, with the reason", async () => {
  const error = await failureOf(() => read("http://127.0.0.1:6000/counters"));
  assertEquals(error.cause_word, "refused");
  assertStringIncludes(error.message, "port 6000 are blocked");
});

Deno.test("An endless head is too_large", async () => {
  const error = await failureOf(() =>
    readAnswer(`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(1_000_000)}\r\n\r\n`)
  );
  assertEquals(error.cause_word, "too_large");
});

Deno.test("A connection reset without an answer is reset", async () => {
  // What was sent is left unread: closing then resets the connection.
  await using source = new RawSource(() => Promise.resolve(), { reads_requests: false });
  const error = await failureOf(() => read(source.url));
  assertEquals([error.cause_word, error.status], ["reset", 0]);
});

Deno.test("The end of a chunked body is known, unlike gzip to a connection's end", async () => {
  const chunked = await readAnswer(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    `${CSV.length.toString(16)}\r\n${CSV}\r\n0\r\n\r\n`,
  );
  assertEquals([chunked.text, chunked.answer.end_known], [CSV, true]);
  const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
  const compressed = await readAnswer(head, await gzip(CSV));
  assertEquals([compressed.text, compressed.answer.end_known], [CSV, false]);
});

Deno.test("The end of a body in an unknown encoding is unknown", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nConnection: close\r\n\r\n";
  assertEquals((await readAnswer(head, CSV)).answer.end_known, false);
});

Deno.test("A compressed body that breaks off is truncated, even without Content-Length", async () => {
  const body = await gzip(CSV.repeat(1000));
  const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
  const error = await failureOf(() => readAnswer(head, body.subarray(0, -10)));
  assertEquals(error.cause_word, "truncated");
});

Deno.test("A body that does not match its content coding is refused, both named", async () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${CSV.length}\r\n\r\n`;
  const error = await failureOf(() => readAnswer(head, CSV));
  assertEquals(error.cause_word, "encoding");
  assertStringIncludes(error.message, 'declares gzip, but the body begins with "switch_id,m');
});

Deno.test("Credentials of the URL become Basic authentication and appear in no message", async () => {
  const seen: (string | null)[] = [];
  const port = freePort();
  await using source = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
    seen.push(request.headers.get("authorization"), new URL(request.url).search);
    return new Response("no", { status: 403 });
  });
  const error = await failureOf(() => read(`http://operator:p%40ss@127.0.0.1:${port}/csv?shard=0`));
  assertEquals(seen, [`Basic ${btoa("operator:p@ss")}`, "?shard=0"]);
  assertEquals([error.cause_word, error.message], ["http_4xx", "source answered 403"]);
  await source.shutdown();
  assert(await becomesFree(port));
  const gone = await failureOf(() => read(`http://operator:p%40ss@127.0.0.1:${port}/csv`));
  assertEquals(gone.cause_word, "refused");
  assertEquals(/operator|p%40ss|p@ss/.test(gone.message), false, gone.message);
});

Deno.test("A long Location is cut in the message", async () => {
  const location = `http://elsewhere/${"x".repeat(1000)}`;
  const error = await failureOf(() =>
    readAnswer(`HTTP/1.1 301 Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`)
  );
  assertEquals(
    error.message,
    `source answered 301 to ${location.slice(0, 200)}: set UPSTREAM_URL to it`,
  );
});

Deno.test("A relative Location is named as a whole URL, without credentials", async () => {
  const { message } = await failureOf(() =>
    readAnswer("HTTP/1.1 302 Found\r\nLocation: ../new?token=abc\r\nContent-Length: 0\r\n\r\n")
  );
  assertMatch(
    message,
    /answered 302 to http:\/\/127\.0\.0\.1:\d+\/new\?token=\*\*\*: set UPSTREAM_URL/,
  );
});

Deno.test("An error of the body's sink is passed on, and the connection closed", async () => {
  await using source = new RawSource(async (connection) => {
    await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    await connection.flood("5\r\nabcde\r\n");
  });
  using client = new SourceClient();
  const request = { url: source.url, etag: null, timeout_ms: TIMEOUT_MS, bytes_max: 1e9 };
  const push = () => {
    throw new RangeError("no sample");
  };
  await assertRejects(
    () => fetchReader(client.send, () => 0)(request, () => ({ push })),
    RangeError,
  );
  await source.idle();
});

/** A self-signed certificate; null without openssl. */
async function selfSigned(): Promise<{ cert: string; key: string } | null> {
  const dir = await Deno.makeTempDir();
  try {
    const args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 " +
      `-subj /CN=localhost -keyout ${dir}/key.pem -out ${dir}/cert.pem`;
    await new Deno.Command("openssl", { args: args.split(" "), stderr: "null" }).output();
    const [cert, key] = ["cert", "key"].map((name) => Deno.readTextFileSync(`${dir}/${name}.pem`));
    return { cert, key };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const certificate = await selfSigned();

Deno.test({
  name: "An untrusted certificate is tls (needs openssl)",
  ignore: certificate === null,
  async fn() {
    await using source = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate! },
      () => new Response(CSV),
    );
    const error = await failureOf(() => read(`https://localhost:${source.addr.port}/`));
    assertEquals(error.cause_word, "tls");
    assertStringIncludes(error.message, "certificate");
  },
});
