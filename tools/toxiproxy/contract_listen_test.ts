/** Addresses that proxies listen on, on both engines. */
import { assert } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { TestClient } from "./testing/client.ts";
import { check } from "./testing/exchange.ts";
import { onBoth, startEngine } from "./testing/stand.ts";
import { startUpstream } from "./testing/upstream.ts";

/** Unused: no client connects. */
const UPSTREAM = "127.0.0.1:1";

/** Spellings of one address with this port, and how the API shows it. */
const SPELLINGS: readonly (readonly [shown: string, ...spellings: string[]])[] = [
  ["127.0.0.1:", "localhost:", "LOCALHOST:", "127.0.0.1:0", "[::ffff:127.0.0.1]:", "127.0.0.1:+"],
  ["[::1]:", "[0:0:0:0:0:0:0:1]:", "[0::0:1]:000"],
];

onBoth("API keeps toxics and connections for another spelling of the address", async (engine) => {
  await using running = await startEngine(engine);
  await using upstream = startUpstream();
  const { client } = running;
  for (const [shown, ...spellings] of SPELLINGS) {
    const port = freePort();
    const [first] = spellings;
    const proxy = { name: "p", listen: first + port, upstream: upstream.address };
    const answer = { name: "p", listen: shown + port, toxics: [] as unknown[] };
    await check(client.url, { ask: "POST /proxies", body: proxy, status: 201, answer });
    await client.addToxic("p", { type: "latency" });
    answer.toxics = [{ name: "latency_downstream" }];
    using connection = await TestClient.connect(shown + port);
    for (const spelling of [shown, ...spellings]) {
      const body = { ...proxy, listen: spelling + port };
      const populated = { status: 201, answer: { proxies: [answer] } };
      await check(client.url, { ask: "POST /populate", body: [body], ...populated });
      await check(client.url, { ask: "PATCH /proxies/p", body, status: 200, answer });
      const { listen } = body;
      await check(client.url, { ask: "POST /proxies/p", body: { listen }, status: 200, answer });
    }
    assert(await connection.roundTrip(5) < 5_000);
    await client.delete("p");
  }
});

onBoth("API refuses a wrong listen address in the real server's words", async (engine) => {
  await using running = await startEngine(engine);
  const { client } = running;
  await client.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
  const { listen } = await client.proxy("p");
  for (
    const [wrong, error] of [
      ["nonsense", "address nonsense: missing port in address"],
      ["::1:80", "address ::1:80: too many colons in address"],
      ["[::1:80", "address [::1:80: missing ']' in address"],
      ["127.0.0.1:99999", "address 99999: invalid port"],
      ["127.0.0.1:x", "lookup tcp/x: unknown port"],
      ["127.1:80", "lookup 127.1: no such host"],
    ]
  ) {
    const body = { name: "x", upstream: UPSTREAM, listen: wrong };
    const refused = { status: 500, answer: { error: `listen tcp: ${error}`, status: 500 } };
    await check(client.url, { ask: "POST /proxies", body, ...refused });
    const answer = { error, status: 500 };
    await check(client.url, { ask: "PATCH /proxies/p", body, status: 500, answer });
    const populated = { ...answer, proxies: null };
    const again = [{ ...body, name: "p" }];
    await check(client.url, { ask: "POST /populate", body: again, status: 500, answer: populated });
    await check(client.url, { ask: "GET /proxies/p", status: 200, answer: { listen } });
  }
});

onBoth("API keeps a proxy, stopped, whose new address is in use", async (engine) => {
  await using running = await startEngine(engine);
  const { client } = running;
  await client.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
  const { listen } = await client.proxy("p");
  const taken = new URL(client.url).host;
  for (const spelling of [taken, taken.replace("127.0.0.1", "localhost")]) {
    await check(client.url, {
      ask: "POST /populate",
      body: [{ name: "p", listen: spelling, upstream: UPSTREAM }],
      status: 500,
      answer: { error: `listen tcp ${taken}: bind: address already in use`, proxies: null },
    });
  }
  const answer = { listen, enabled: false };
  await check(client.url, { ask: "GET /proxies/p", status: 200, answer });
});
