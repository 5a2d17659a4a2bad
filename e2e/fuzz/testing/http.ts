/** Requests by grammar on raw sockets, against both running services. */
import { within } from "../../../tools/verdict/mod.ts";
import type { Random } from "../../../metrics_server/testing/random.ts";
import {
  getMetric,
  HAS_PROC,
  processFigures,
  request,
  startDataServer,
  startMetricsServer,
} from "../../harness/mod.ts";
import { bytesOfPart, type OpenTarget, type Parts, type Target } from "./fuzz.ts";
import { brokenAnswers } from "./http_answers.ts";

/** Longest time from a request's end to the end of all its answers. */
const ANSWER_MS_MAX = 10_000;
const RSS_MB_MAX = 600;
/** Cases between two looks at memory and at a good request. */
const CASES_PER_LOOK = 50;

/** A server under test: its port, and the broken invariant of the process itself. */
export interface Tested {
  readonly port: number;
  look(): Promise<string | null>;
}

/** Opens both services. */
export const HTTP_TARGET: Target = {
  name: "http",
  async open() {
    await using stack = new AsyncDisposableStack();
    const data = stack.use(await startDataServer({ SEED: 1 }));
    const metrics = stack.use(await startMetricsServer(`${data.url}/counters`));
    await metrics.log.wait("poll.run");
    const { items } = await (await request(metrics, "/telemetry/ListMetrics")).json();
    const { switch_id } = items[0];
    const memory = async (name: string, pid: number) => {
      const rss_mb = HAS_PROC ? (await processFigures(pid)).rss_mb : 0;
      return rss_mb > RSS_MB_MAX ? `memory of ${name}: ${rss_mb} MB` : null;
    };
    const servers: Tested[] = [{
      port: metrics.port,
      async look() {
        const { status } = await getMetric(metrics, switch_id, "bandwidth_gbps");
        return status === 200 ? memory("metrics_server", metrics.pid) : `good request: ${status}`;
      },
    }, {
      port: data.port,
      async look() {
        const { status } = await request(data, "/counters");
        return status === 200 ? memory("data_server", data.pid) : `good request: ${status}`;
      },
    }];
    return openHttp(servers, stack.move());
  },
};

/** The first part is the number of the server; the others are sent as they are. */
export function openHttp(servers: readonly Tested[], stack: AsyncDisposableStack): OpenTarget {
  let cases = 0;
  return {
    draw(random) {
      const requests = Array.from({ length: 1 + random.below(4) }, () => drawRequest(random));
      return [String(random.below(servers.length)), ...requests];
    },
    async check([server, ...sent]: Parts) {
      const tested = servers[Number(server)];
      if (tested === undefined) return null;
      const problem = await exchange(tested.port, sent.join(""));
      if (problem !== null) return problem;
      return ++cases % CASES_PER_LOOK === 0 ? await tested.look() : null;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const METHODS = [
  "GET",
  "GET",
  "GET",
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "OPTIONS",
  "DELETE",
  "get",
  "X\x01",
];
const PATHS = [
  "/telemetry/GetMetric",
  "/telemetry/ListMetrics",
  "/telemetry/columns",
  "/counters",
  "/metrics",
  "/metrics/fabric",
  "/stats",
  "/healthz",
  "/readyz",
  "/openapi.json",
  "/",
  "//",
  "/../etc/passwd",
  "/%2e%2e/%00",
  "/telemetry/GetMetric/",
  "*",
  "http://a/healthz",
  "/\xff",
];
const NAMES = [
  "switch_id",
  "metric",
  "max_age_ms",
  "limit",
  "cursor",
  "prefix",
  "format",
  "sort",
  "x",
  "",
];
const VALUES = [
  "sw-000",
  "bandwidth_gbps",
  "-1",
  "0",
  "1e400",
  "99999999999999999999",
  "%",
  "%zz",
  "%ff%fe",
  "%00",
  "%E2%82%AC",
  "a%20b+c",
  "",
  "*",
  "csv",
  "..%2f",
  "__proto__",
];
const HEADERS = [
  "Accept: */*",
  "Accept: text/csv;q=0.5, application/json;q=2",
  "Accept-Encoding: gzip",
  "Accept-Encoding: a,a,a;q=x",
  "If-None-Match: *",
  'If-None-Match: W/"boot-1", "x',
  "Host: other.example.com",
  "Host: a/healthz?",
  "Host: ",
  "Cookie: a=b",
  "Range: bytes=0-1",
  "Expect: 100-continue",
  "Upgrade: h2c",
  "Connection: upgrade",
  "Origin: null",
  "X-A: \xff\xfe",
  "Bad Header: 1",
  "NoColon",
  " folded",
  "Content-Length: 5",
  "Content-Length: -1",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
];
const BODIES = [
  "",
  "",
  "",
  "5\r\nhello\r\n0\r\n\r\n",
  "hello",
  "ffffffffffffffff\r\nx",
  "0\r\n\r\n",
  "zz\r\n",
];

function drawRequest(random: Random): string {
  const query = Array.from({ length: random.below(4) }, () => {
    const value = random.of(VALUES);
    return `${random.of(NAMES)}=${random.chance(0.05) ? value.repeat(random.below(3000)) : value}`;
  }).join(random.of(["&", "&", "&&", "?"]));
  const headers = Array.from({ length: random.chance(0.5) ? 0 : random.below(5) }, () => {
    const header = random.of(HEADERS);
    return random.chance(0.05) ? header + "y".repeat(random.below(20_000)) : header;
  });
  if (random.chance(0.02)) headers.push(...Array(150).fill("X-Many: 1"));
  if (random.chance(0.9)) headers.unshift("Host: 127.0.0.1");
  const version = random.of([
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/9.9",
    "",
  ]);
  const target = random.of(PATHS) + (query && `?${query}`);
  const lines = [`${random.of(METHODS)} ${target} ${version}`, ...headers, "", ""];
  const text = lines.join("\r\n") + random.of(BODIES);
  return random.chance(0.1) ? text.slice(0, random.below(text.length)) : text;
}

/** Sends the text on one connection and ends its sending side; the answers must be well-formed. */
async function exchange(port: number, text: string): Promise<string | null> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const received: Uint8Array[] = [];
  const sending = (async () => {
    const bytes = bytesOfPart(text);
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    await conn.closeWrite();
  })().catch(() => {});
  let is_cut = false;
  const reading = (async () => {
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const length = await conn.read(buffer).catch(() => {
        is_cut = true;
        return null;
      });
      if (length === null) return;
      received.push(buffer.slice(0, length));
    }
  })();
  try {
    await within("the end of the answers", Promise.all([sending, reading]), ANSWER_MS_MAX);
  } catch {
    return `no end of the answers within ${ANSWER_MS_MAX} ms: ${received.length} chunks`;
  }
  return brokenAnswers(received.map(byteString).join(""), is_cut);
}

/** A character for each byte. `TextDecoder("latin1")` is windows-1252, which is not that. */
function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
