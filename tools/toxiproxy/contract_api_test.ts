/** Toxiproxy's HTTP API: both engines answer the same, down to the words of an error. */
import { assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { check, type Exchange } from "./testing/exchange.ts";
import { onBoth, startEngine } from "./testing/stand.ts";

/** Unused: no client connects. */
const UPSTREAM = "127.0.0.1:1";
/** A proxy that is disabled and enabled listens on its port again. */
const LISTEN = `127.0.0.1:${freePort()}`;
const notFound = (what: string) => ({ error: `${what} not found`, status: 404 });
const missing = (field: string) => ({ error: `missing required field: ${field}`, status: 400 });
const toxicOf = (name: string, attributes: unknown, over = {}) => ({
  name,
  attributes,
  stream: "downstream",
  toxicity: 1,
  ...over,
});

const PROXIES: readonly Exchange[] = [
  { ask: "GET /proxies", status: 200, answer: {} },
  {
    ask: "POST /proxies",
    body: { name: "a", listen: LISTEN, upstream: UPSTREAM },
    status: 201,
    answer: { name: "a", upstream: UPSTREAM, enabled: true, toxics: [] },
  },
  {
    ask: "POST /proxies",
    body: { name: "a", listen: "127.0.0.1:0", upstream: UPSTREAM },
    status: 409,
    answer: { error: "proxy already exists", status: 409 },
  },
  {
    ask: "POST /proxies",
    body: { name: "off", listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: false },
    status: 201,
    answer: { enabled: false, listen: "127.0.0.1:0" },
  },
  { ask: "POST /proxies", body: { upstream: "x:1" }, status: 400, answer: missing("name") },
  { ask: "POST /proxies", body: { name: "x" }, status: 400, answer: missing("upstream") },
  {
    ask: "POST /proxies",
    body: "",
    status: 400,
    answer: { error: "bad request body: EOF", status: 400 },
  },
  { ask: "POST /proxies", body: "{bad", status: 400 },
  { ask: "POST /proxies", body: [], status: 400 },
  { ask: "POST /proxies", body: { name: 5, upstream: UPSTREAM }, status: 400 },
  { ask: "POST /proxies", body: { name: "x", listen: "no", upstream: UPSTREAM }, status: 500 },
  { ask: "GET /proxies/a", status: 200, answer: { name: "a", enabled: true } },
  { ask: "GET /proxies/no", status: 404, answer: notFound("proxy") },
  {
    ask: "PATCH /proxies/a",
    body: { enabled: false },
    status: 200,
    answer: { name: "a", enabled: false },
  },
  { ask: "POST /proxies/a", body: { enabled: true }, status: 200, answer: { enabled: true } },
  { ask: "PATCH /proxies/a", body: {}, status: 200, answer: { enabled: true } },
  { ask: "PATCH /proxies/a", body: { name: "b" }, status: 200, answer: { name: "a" } },
  { ask: "PATCH /proxies/a", body: "", status: 400 },
  { ask: "PATCH /proxies/no", body: {}, status: 404, answer: notFound("proxy") },
  { ask: "DELETE /proxies/off", status: 204, answer: "" },
  { ask: "DELETE /proxies/off", status: 404, answer: notFound("proxy") },
];

const TOXICS: readonly Exchange[] = [
  { ask: "GET /proxies/a/toxics", status: 200, answer: [] },
  { ask: "GET /proxies/no/toxics", status: 404, answer: notFound("proxy") },
  {
    ask: "POST /proxies/a/toxics",
    body: { type: "latency", attributes: { latency: 100 } },
    status: 200,
    answer: toxicOf("latency_downstream", { latency: 100, jitter: 0 }, { type: "latency" }),
  },
  {
    ask: "POST /proxies/a/toxics",
    body: { type: "latency" },
    status: 409,
    answer: { error: "toxic already exists", status: 409 },
  },
  {
    ask: "POST /proxies/a/toxics",
    body: { name: "up", type: "timeout", stream: "upstream", toxicity: 0.5 },
    status: 200,
    answer: toxicOf("up", { timeout: 0 }, { stream: "upstream", toxicity: 0.5 }),
  },
  {
    ask: "POST /proxies/a/toxics",
    body: { type: "nosuch" },
    status: 400,
    answer: { error: "invalid toxic type", status: 400 },
  },
  {
    ask: "POST /proxies/a/toxics",
    body: { type: "latency", name: "x", stream: "sideways" },
    status: 400,
    answer: { error: "stream was invalid, can be either upstream or downstream", status: 400 },
  },
  {
    ask: "POST /proxies/a/toxics",
    body: { type: "latency", name: "x", attributes: { latency: "x" } },
    status: 400,
  },
  { ask: "POST /proxies/a/toxics", body: "", status: 400 },
  ...[
    { type: "bandwidth", attributes: { rate: 7 } },
    { type: "slow_close", attributes: { delay: 7 } },
    { type: "timeout", attributes: { timeout: 7 } },
    { type: "reset_peer", attributes: { timeout: 7 } },
    { type: "slicer", attributes: { average_size: 7, size_variation: 2, delay: 3 } },
    { type: "limit_data", attributes: { bytes: 7 } },
  ].map((body) => ({
    ask: "POST /proxies/a/toxics",
    body,
    status: 200,
    answer: toxicOf(`${body.type}_downstream`, body.attributes, { type: body.type }),
  })),
  { ask: "GET /proxies/a/toxics/up", status: 200, answer: { name: "up", type: "timeout" } },
  { ask: "GET /proxies/a/toxics/no", status: 404, answer: notFound("toxic") },
  {
    ask: "PATCH /proxies/a/toxics/latency_downstream",
    body: { attributes: { jitter: 9 } },
    status: 200,
    answer: toxicOf("latency_downstream", { latency: 100, jitter: 9 }),
  },
  {
    ask: "POST /proxies/a/toxics/latency_downstream",
    body: { toxicity: 0.25, type: "bandwidth", stream: "upstream", name: "other" },
    status: 200,
    answer: toxicOf("latency_downstream", { latency: 100, jitter: 9 }, {
      toxicity: 0.25,
      type: "latency",
    }),
  },
  { ask: "PATCH /proxies/a/toxics/no", body: {}, status: 404, answer: notFound("toxic") },
  { ask: "DELETE /proxies/a/toxics/up", status: 204, answer: "" },
  { ask: "DELETE /proxies/a/toxics/up", status: 404, answer: notFound("toxic") },
  { ask: "PATCH /proxies/a", body: { enabled: false }, status: 200 },
  { ask: "POST /reset", status: 204, answer: "" },
  { ask: "GET /proxies/a", status: 200, answer: { enabled: true, toxics: [] } },
];

const POPULATE: readonly Exchange[] = [
  { ask: "POST /populate", body: [], status: 201, answer: { proxies: null } },
  {
    ask: "POST /populate",
    body: [{ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: false }],
    status: 201,
    answer: { proxies: [{ name: "p", enabled: false, toxics: [] }] },
  },
  { ask: "POST /proxies/p/toxics", body: { type: "latency" }, status: 200 },
  {
    // Same addresses: returned as it is, neither enabled nor cleared.
    ask: "POST /populate",
    body: [{ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: true }],
    status: 201,
    answer: { proxies: [{ name: "p", enabled: false, toxics: [{ type: "latency" }] }] },
  },
  {
    // Other addresses: replaced.
    ask: "POST /populate",
    body: [{ name: "p", listen: "127.0.0.1:0", upstream: "127.0.0.1:2" }],
    status: 201,
    answer: { proxies: [{ upstream: "127.0.0.1:2", enabled: true, toxics: [] }] },
  },
  {
    ask: "POST /populate",
    body: [{ name: "q", upstream: UPSTREAM }, { name: "r" }],
    status: 400,
    answer: { error: "missing required field: upstream at proxy 2", status: 400, proxies: null },
  },
  { ask: "GET /proxies/q", status: 404 },
  {
    // The later one of a name replaces the earlier one, which is shown as it is then.
    ask: "POST /populate",
    body: ["127.0.0.1:3", "127.0.0.1:4"].map((upstream) => ({ name: "s", upstream })),
    status: 201,
    answer: { proxies: [{ enabled: false }, { enabled: true }] },
  },
  { ask: "POST /populate", body: {}, status: 400, answer: { proxies: null } },
];

const ODD: readonly Exchange[] = [
  { ask: "GET /nosuch", status: 404, answer: "404 page not found\n" },
  { ask: "GET /proxies/", status: 404 },
  { ask: "GET //proxies", status: 200, answer: {} },
  { ask: "GET /%70roxies", status: 200, answer: {} },
  { ask: "GET /proxies/%zz", status: 400 },
  { ask: "GET /proxies/%FF", status: 404, answer: notFound("proxy") },
  { ask: "GET /metrics", status: 404 },
  { ask: "PUT /proxies", status: 405, answer: "" },
  { ask: "GET /reset", status: 405 },
  { ask: "DELETE /proxies", status: 405 },
  { ask: "POST /version", status: 405 },
  ...["GET /version", "GET /proxies", "POST /reset"].map((ask) => ({
    ask,
    headers: { "user-agent": "Mozilla/5.0 (X11)" },
    status: 403,
    answer: "User agent not allowed\n",
  })),
  { ask: "GET /proxies", headers: { "user-agent": "like Mozilla/5.0" }, status: 200 },
];

for (
  const [name, asked] of [
    ["API creates, shows, changes and deletes proxies and toxics", [...PROXIES, ...TOXICS]],
    [
      "API populates nothing if an entry is wrong, and keeps proxies of the same addresses",
      POPULATE,
    ],
    ["API refuses unknown paths, methods and browsers", ODD],
  ] as const
) {
  onBoth(name, async (engine) => {
    await using running = await startEngine(engine);
    for (const one of asked) await check(running.client.url, one);
  });
}

onBoth("API answers 500 for a port in use and keeps what it populated before", async (engine) => {
  await using running = await startEngine(engine);
  const taken = new URL(running.client.url).host;
  const listen = { listen: taken, upstream: UPSTREAM };
  const error = `listen tcp ${taken}: bind: address already in use`;
  const refused = { status: 500, answer: { error, status: 500 } };
  const url = running.client.url;
  await check(url, { ask: "POST /proxies", body: { name: "x", ...listen }, ...refused });
  await check(url, { ask: "GET /proxies/x", status: 404 });
  await check(url, {
    ask: "POST /populate",
    body: [{ name: "ok", upstream: UPSTREAM, listen: "127.0.0.1:0" }, { name: "x", ...listen }],
    status: 500,
    answer: { error, status: 500, proxies: [{ name: "ok" }] },
  });
  await check(url, { ask: "PATCH /proxies/ok", body: { listen: taken }, ...refused });
  await check(url, {
    ask: "GET /proxies/ok",
    status: 200,
    answer: { listen: taken, enabled: false },
  });
});

onBoth("API lists proxies by name and toxics upstream first", async (engine) => {
  await using running = await startEngine(engine);
  const { client } = running;
  for (const name of ["b", "10", "a", "c", "9"]) {
    await client.create({ name, listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: false });
  }
  const text = await (await fetch(`${client.url}/proxies`)).text();
  const names = [...text.matchAll(/"name":"(.+?)"/g)].map(([, name]) => name);
  assertEquals(names, ["10", "9", "a", "b", "c"]);
  await client.addToxic("a", { type: "latency", name: "1" });
  await client.addToxic("a", { type: "latency", name: "2", stream: "upstream" });
  await client.addToxic("a", { type: "bandwidth", name: "3", attributes: { rate: 1 } });
  assertEquals((await client.toxics("a")).map(({ name }) => name), ["2", "1", "3"]);
});
