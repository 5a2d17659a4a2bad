/**
 * Calls of Toxiproxy's API: the embedded engine must answer as the real one does. A part is a call:
 * `METHOD /path body`. Proxies are disabled or listen on a free port.
 */
import { isMissing, startEngine } from "../../../tools/toxiproxy/testing/stand.ts";
import type { Random } from "../../../metrics_server/testing/random.ts";
import { type OpenTarget, type Parts, type Target } from "./fuzz.ts";

const NAMES = ["a", "b", "A", "ä", ""];
const TOXICS = [
  "latency",
  "bandwidth",
  "slow_close",
  "timeout",
  "slicer",
  "limit_data",
  "reset_peer",
  "noop",
];
const ATTRIBUTES: Record<string, readonly string[]> = {
  latency: ["latency", "jitter"],
  bandwidth: ["rate"],
  slow_close: ["delay"],
  timeout: ["timeout"],
  slicer: ["average_size", "size_variation", "delay"],
  limit_data: ["bytes"],
  reset_peer: ["timeout"],
};
const NUMBERS = ["0", "1", "5", "100", "-0", "100.0", "1e2", "9223372036854775808", "007"];
const OTHERS = ['"5"', '""', "null", "true", "[1]", "{}", '"\\u00e4"'];
const CALLS_MAX = 8;

/** A started engine. */
export type Served = AsyncDisposable & { readonly client: { readonly url: string } };

/**
 * Errors of the embedded engine that differ on purpose: see the table of its README. The engines
 * may differ from then on.
 */
const DELIBERATE = /has no attribute|to change a| must be /;

/** @param embedded Starts the engine under test; a test plants a defect here. */
export function toxiproxyTarget(
  startEmbedded: () => Promise<Served> = () => startEngine("embedded"),
): Target {
  return {
    name: "toxiproxy",
    async open() {
      if (isMissing("real")) {
        return "the real Toxiproxy is not installed: deno task toxiproxy:install";
      }
      await using stack = new AsyncDisposableStack();
      const engines = [stack.use(await startEngine("real")), stack.use(await startEmbedded())];
      const urls = engines.map(({ client }) => client.url);
      const kept = stack.move();
      return {
        draw: (random) =>
          Array.from({ length: 1 + random.below(CALLS_MAX) }, () => drawCall(random)),
        check: (parts) => check(parts, urls),
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      } satisfies OpenTarget;
    },
  };
}

function drawCall(random: Random): string {
  const proxy = encodeURIComponent(random.of(NAMES));
  const toxic = random.of(["t", "T", "latency_downstream", "none"]);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return `POST /proxies ${damaged(random, proxyBody(random))}`;
    case 3:
      return `${random.of(["POST", "PATCH"])} /proxies/${proxy} ${
        damaged(random, proxyBody(random))
      }`;
    case 4:
    case 5:
    case 6:
      return `POST /proxies/${proxy}/toxics ${damaged(random, toxicBody(random))}`;
    case 7:
      return `${random.of(["POST", "PATCH"])} /proxies/${proxy}/toxics/${toxic} ` +
        damaged(random, toxicBody(random));
    case 8:
      return `DELETE /proxies/${proxy}${random.of(["", `/toxics/${toxic}`])}`;
    case 9:
      return `POST /populate ${
        damaged(random, `[${proxyBody(random, "p")},${proxyBody(random, "q")}]`)
      }`;
    case 10:
      return random.of(["POST /reset", "GET /proxies", "PUT /proxies", "GET /none"]);
    default:
      return `GET /proxies/${proxy}${random.of(["", "/toxics", `/toxics/${toxic}`])}`;
  }
}

function proxyBody(random: Random, name = random.of(NAMES)): string {
  const fields = [
    `"name":${value(random, name)}`,
    `"listen":${value(random, "127.0.0.1:0")}`,
    `"upstream":${value(random, random.of(["127.0.0.1:1", "127.0.0.1:2"]))}`,
    `"enabled":${
      random.below(8) === 0 ? random.of([...OTHERS, ...NUMBERS]) : random.of(["true", "false"])
    }`,
  ];
  return `{${fields.filter(() => random.below(10) > 0).join(",")}}`;
}

function toxicBody(random: Random): string {
  const type = random.of(TOXICS);
  const attributes = (ATTRIBUTES[type] ?? []).filter(() => random.below(4) > 0)
    .map((name) => `"${name}":${random.of(random.below(4) === 0 ? OTHERS : NUMBERS)}`);
  const fields = [
    `"type":${value(random, type)}`,
    `"name":${value(random, random.of(["t", "T", ""]))}`,
    `"stream":${value(random, random.of(["upstream", "downstream", "Upstream", "x"]))}`,
    `"toxicity":${random.of(["0", "1", "0.5", "0.12345678901", "null", '"x"', "1e-9"])}`,
    `"attributes":{${attributes.join(",")}}`,
  ];
  return `{${fields.filter(() => random.below(4) > 0).join(",")}}`;
}

/** Mostly the text. */
function value(random: Random, text: string): string {
  return random.below(12) === 0 ? random.of([...OTHERS, ...NUMBERS]) : JSON.stringify(text);
}

/**
 * Mostly the same body; else without a character, or with another one. Addresses stay whole: what
 * the system makes of others is not the engines' own.
 */
function damaged(random: Random, body: string): string {
  const at = random.below(body.length);
  const is_address = [...body.matchAll(/127\.0\.0\.1:\d/g)].some(({ index, 0: { length } }) =>
    at >= index && at < index + length
  );
  if (is_address || random.below(4) > 0) return body;
  const instead = random.of(["", "", '"', "}", "]", ",", ":", "\\", "\u0000", " ", "1", "x"]);
  return body.slice(0, at) + instead + body.slice(at + 1);
}

async function check(parts: Parts, urls: readonly string[]): Promise<string | null> {
  await Promise.all(urls.map(removeAll));
  for (const part of parts) {
    // Populating with a known proxy differs on purpose: "same-address" in the README's table.
    if (part.startsWith("POST /populate")) await Promise.all(urls.map(removeAll));
    const [real, embedded] = await Promise.all(urls.map((url) => call(url, part)));
    if (embedded.status >= 400 && DELIBERATE.test(embedded.text)) return null;
    // The system's word on an address.
    if (/listen tcp|lookup /.test(`${real.text}${embedded.text}`)) return null;
    const [wanted, got] = [real, embedded].map(({ status, text }) => `${status} ${text}`);
    if (wanted !== got) return `other answer: ${part}\nreal: ${wanted}\nembedded: ${got}`;
  }
  return null;
}

async function removeAll(url: string): Promise<void> {
  const proxies = await (await fetch(`${url}/proxies`)).json();
  for (const name of Object.keys(proxies)) {
    const response = await fetch(`${url}/proxies/${encodeURIComponent(name)}`, {
      method: "DELETE",
    });
    await response.body?.cancel();
  }
}

async function call(url: string, part: string): Promise<{ status: number; text: string }> {
  const [, method, path, body] = /^(\S+) (\S+) ?([^]*)$/.exec(part) ?? [];
  if (method === undefined) return { status: 0, text: "" };
  const has_body = method !== "GET" && method !== "DELETE";
  const init: RequestInit = { method, redirect: "manual", ...has_body && { body } };
  const response = await fetch(url + path, init);
  return { status: response.status, text: comparable(await response.text()) };
}

/** Without what differs always: free ports, and a field that the real one shows by mistake. */
function comparable(text: string): string {
  return text.replaceAll(/("listen":"[^"]*:)\d+"/g, '$1PORT"').replaceAll(/"Logger":\{\},?/g, "");
}
