/** Bodies as Go's `encoding/json` reads them, on both engines. */
import { assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { check, type Exchange } from "./testing/exchange.ts";
import { onBoth, startEngine } from "./testing/stand.ts";

const UPSTREAM = "127.0.0.1:1";
/** A proxy that is disabled and enabled listens on its port again. */
const LISTEN = `127.0.0.1:${freePort()}`;
const FIELDS = `"upstream":"${UPSTREAM}","listen":"${LISTEN}","enabled":false`;
const badBody = (reason: string) => ({ error: `bad request body: ${reason}`, status: 400 });
const badField = (value: string, field: string, type: string) =>
  badBody(`json: cannot unmarshal ${value} into Go struct field ${field} of type ${type}`);
const post = (path: string, body: string, status: number, answer?: unknown): Exchange => ({
  ask: `POST ${path}`,
  body,
  status,
  answer,
});

/** Bodies of POST /proxies that create `a`, and what it has then. */
const CREATED: readonly (readonly [body: string, has: Record<string, unknown>])[] = [
  [`{"NAME":"a","UpStream":"${UPSTREAM}","LISTEN":"${LISTEN}","eNabled":false}`, {
    enabled: false,
  }],
  [`{"name":"a","up\u017ftream":"${UPSTREAM}","li\u017ften":"${LISTEN}","enabled":false}`, {}],
  [`{"name":"x","NAME":"a",${FIELDS}}`, {}],
  [`{"name":"a",${FIELDS},"enabled":null}`, { enabled: false }],
  [`{"name":"a",${FIELDS},"foo":{"x":[1,{}]},"toxics":[{"a":1}]}`, { toxics: [] }],
  [`{"name":"a",${FIELDS}} trailing`, {}],
  [`{"name":"a",${FIELDS}}{"name":"b"}`, {}],
  [` \n{"n\\u0061me":"a",${FIELDS}}`, {}],
];

const REFUSED: readonly Exchange[] = [
  post("/proxies", "null", 400, { error: "missing required field: name", status: 400 }),
  post("/proxies", "{bad", 400, {
    error: "bad request body: invalid character 'b' looking for beginning of object key string",
  }),
  post("/proxies", '{"name":"a"', 400, badBody("unexpected EOF")),
  post("/proxies", " \n", 400, badBody("EOF")),
  post("/proxies", "\ufeff{}", 400, {
    error: "bad request body: invalid character 'ï' looking for beginning of value",
  }),
  post(
    "/proxies",
    "[]",
    400,
    badBody("json: cannot unmarshal array into Go value of type toxiproxy.Proxy"),
  ),
  post("/proxies", '{"NAME":5}', 400, badField("number", "Proxy.name", "string")),
  post("/proxies", '{"enabled":"x"}', 400, badField("string", "Proxy.enabled", "bool")),
  post(
    "/populate",
    '[{"name":"q"},{"name":5}]',
    400,
    badField("number", ".Proxy.name", "string"),
  ),
  post("/populate", '[{"enabled":1}]', 400, badField("number", ".enabled", "bool")),
  post("/populate", "[null]", 400, { error: "missing required field: name at proxy 1" }),
  post("/populate", "null", 201, { proxies: null }),
];

onBoth("API reads the fields of a proxy as Go does", async (engine) => {
  await using running = await startEngine(engine);
  const { url } = running.client;
  for (const [body, has] of CREATED) {
    await check(url, post("/proxies", body, 201, { name: "a", upstream: UPSTREAM, ...has }));
    await check(url, { ask: "DELETE /proxies/a", status: 204 });
  }
  for (const exchange of REFUSED) await check(url, exchange);
  assertEquals(await running.client.proxies(), {});
});

/** Bodies of POST …/toxics, and the attributes of the created toxic. */
const TOXICS: readonly (readonly [body: string, has: Record<string, unknown>])[] = [
  ['{"Type":"bandwidth","Attributes":{"Rate":100}}', { attributes: { rate: 100 } }],
  ['{"TYPE":"latency","STREAM":"UPSTREAM","TOXICITY":0.1,"ATTRIBUTES":{"LATENCY":1}}', {
    name: "latency_UPSTREAM",
    stream: "UPSTREAM",
    toxicity: 0.1,
    attributes: { latency: 1, jitter: 0 },
  }],
  ['{"type":"slicer","attribute\u017f":{"average_\u017fize":5}}', {
    attributes: { average_size: 5 },
  }],
  ['{"type":"latency","attributes":{"latency":1,"LATENCY":3}}', { attributes: { latency: 3 } }],
  ['{"type":"latency","attributes":{"latency":1},"Attributes":{"jitter":2}}', {
    attributes: { latency: 1, jitter: 2 },
  }],
  ['{"type":"latency","attributes":{"latency":null},"toxicity":null,"stream":null}', {
    attributes: { latency: 0 },
    toxicity: 1,
    stream: "downstream",
  }],
  ['{"type":"latency","attributes":null}', { attributes: { latency: 0 } }],
  ['{"type":"latency","attributes":{"latency":-0}} x', { attributes: { latency: 0 } }],
  ['{"type":"latency","toxicity":0.12345678901}', { toxicity: 0.12345679 }],
];

/** Attributes of a latency toxic, and the error. */
const BAD_LATENCY: readonly (readonly [attributes: string, value: string])[] = [
  ["100.0", "number 100.0"],
  ["1e2", "number 1e2"],
  ["9223372036854775808", "number 9223372036854775808"],
  ['"5"', "string"],
  ["true", "bool"],
  ["[1]", "array"],
  ["{}", "object"],
];

onBoth("API reads the attributes of a toxic as Go does", async (engine) => {
  await using running = await startEngine(engine);
  const { client } = running;
  const { url } = client;
  await client.create({ name: "a", listen: LISTEN, upstream: UPSTREAM, enabled: false });
  const path = "/proxies/a/toxics";
  for (const [body, has] of TOXICS) {
    await check(url, post(path, body, 200, has));
    await client.removeToxic("a", (await client.toxics("a"))[0].name);
  }
  await client.addToxic("a", { type: "latency", name: "t", attributes: { latency: 7 } });
  for (const [latency, value] of BAD_LATENCY) {
    const answer = badField(value, "LatencyToxic.attributes.latency", "int64");
    const attributes = `"attributes":{"latency":${latency}}`;
    await check(url, post(path, `{"type":"latency",${attributes}}`, 400, answer));
    const ask = `PATCH ${path}/t`;
    await check(url, { ask, body: `{${attributes}}`, status: 400, answer });
  }
  const noop = badField("number", "ToxicWrapper.attributes", "toxics.NoopToxic");
  await check(url, post(path, '{"type":"latency","attributes":5}', 400, noop));
  const taken = { error: "toxic already exists", status: 409 };
  const bad = '{"type":"latency","name":"t","attributes":{"latency":"x"}}';
  await check(url, post(path, bad, 409, taken));
  const has = { name: "t", attributes: { latency: 7, jitter: 0 }, toxicity: 1 };
  await check(url, { ask: `GET ${path}/t`, status: 200, answer: has });
});

onBoth("API applies a change whatever the case of its fields", async (engine) => {
  await using running = await startEngine(engine);
  const { client } = running;
  await client.create({ name: "a", listen: LISTEN, upstream: UPSTREAM });
  await client.addToxic("a", { type: "latency", name: "t", attributes: { latency: 7 } });
  for (
    const [body, has] of [
      ['{"ENABLED":false}', { enabled: false }],
      ['{"Upstream":"127.0.0.1:2","foo":1}', { upstream: "127.0.0.1:2" }],
      ['{"enabled":false,"Enabled":true} x', { enabled: true }],
      ["null", { enabled: true, upstream: "127.0.0.1:2" }],
    ] as const
  ) {
    await check(client.url, { ask: "PATCH /proxies/a", body, status: 200, answer: has });
  }
  for (
    const [body, has] of [
      ['{"Attributes":{"Jitter":3}}', { attributes: { latency: 7, jitter: 3 } }],
      ['{"attribute\u017f":{"LATENCY":5},"TOXICITY":0.5}', {
        attributes: { latency: 5, jitter: 3 },
        toxicity: 0.5,
      }],
      ['{"attributes":null,"toxicity":null}', { toxicity: 0.5 }],
    ] as const
  ) {
    await check(client.url, { ask: "PATCH /proxies/a/toxics/t", body, status: 200, answer: has });
  }
});
