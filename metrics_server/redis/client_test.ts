import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { until } from "../../tools/verdict/mod.ts";
import { dialRedis, RedisClient, type RedisClientOptions } from "./client.ts";
import { ConnectionError } from "./connection.ts";
import { redisAddress } from "./redis_url.ts";
import { ReplyError } from "./reply_reader.ts";
import { HAS_REDIS, startRedis } from "./testing/redis_server.ts";
import { ScriptedServer, Timers } from "./testing/scripted_server.ts";

const encoder = new TextEncoder();

function addressOf(url: string) {
  const address = redisAddress(url);
  assert(typeof address !== "string", String(address));
  return address;
}

/** A client, what it reported, and the servers that it was connected to. */
function client(options: Partial<RedisClientOptions> = {}) {
  const timers = new Timers();
  const servers: ScriptedServer[] = [];
  const events: string[] = [];
  const redis = new RedisClient({
    address: addressOf("redis://:pw@cache/2"),
    dial() {
      servers.push(new ScriptedServer());
      return Promise.resolve(servers.at(-1)!);
    },
    later: timers.later,
    random: () => 0.5,
    reply_bytes_max: 1 << 20,
    reconnect_ms_max: 5000,
    channels: [],
    onConnected: () => events.push("connected"),
    onMessage: (channel, payload) => events.push(`${channel}: ${payload}`),
    ...options,
  });
  return { redis, timers, servers, events };
}

async function connected(options: Partial<RedisClientOptions> = {}) {
  const it = client({ address: addressOf("redis://cache"), ...options });
  it.redis.start();
  await until("the dial", () => it.servers.length > 0);
  it.servers[0].reply("%1\r\n+proto\r\n:3\r\n");
  await until("the handshake", () => it.redis.connected);
  it.servers[0].received = "";
  return { ...it, server: it.servers[0] };
}

Deno.test("RedisClient greets with its protocol, password and database", async () => {
  const { redis, servers } = client();
  redis.start();
  await until("HELLO", () => servers[0]?.received.includes("SETNAME"));
  assertStringIncludes(
    servers[0].received,
    "HELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$2\r\npw",
  );
  servers[0].reply("%0\r\n");
  await until("SELECT", () => servers[0].received.includes("SELECT\r\n$1\r\n2\r\n"));
  servers[0].reply("+OK\r\n");
  await until("the handshake", () => redis.connected);
  redis.stop();
});

Deno.test("RedisClient gives replies to pipelined commands in their order", async () => {
  const { redis, server } = await connected();
  const replies = Promise.all([
    redis.send("GET", "a"),
    redis.send("INCR", "b"),
    redis.send("PING"),
  ]);
  server.reply("$1\r\nx\r\n:7\r");
  server.reply("\n+PONG\r\n");
  assertEquals(await replies, [encoder.encode("x"), 7, "PONG"]);
  redis.stop();
});

Deno.test("RedisClient sends an argument in parts as one string", async () => {
  const { redis, server } = await connected();
  const parts = [encoder.encode("ab"), new Uint8Array(20_000).fill(99)];
  const reply = redis.send("SET", "k", parts);
  server.reply("+OK\r\n");
  assertEquals(await reply, "OK");
  const expected = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20002\r\nab${"c".repeat(20_000)}\r\n`;
  await until("the whole command", () => server.received.length === expected.length);
  assertEquals(server.received, expected);
  redis.stop();
});

Deno.test("RedisClient rejects a command with the server's error and stays connected", async () => {
  const { redis, server } = await connected();
  const reply = redis.send("SET", "k", "v");
  server.reply("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  const error = await assertRejects(() => reply, ReplyError);
  assertEquals([error.code, redis.connected], ["OOM", true]);
  redis.stop();
});

Deno.test("RedisClient ends a connection that is silent for too long", async () => {
  const { redis, server, timers } = await connected();
  const reply = redis.send("GET", "k");
  await until("the command", () => server.received.endsWith("k\r\n"));
  assertEquals(timers.fire(), 2000);
  const error = await assertRejects(() => reply, ConnectionError);
  assertEquals(error.message, "no reply to GET within 2000 ms");
  await until("the loss", () => redis.lost !== "");
  assertEquals([server.closed, redis.connected], [true, false]);
  redis.stop();
});

Deno.test("RedisClient ends a connection that stops within a push", async () => {
  const { redis, server, timers } = await connected();
  server.reply(">3\r\n+message\r\n$1\r\n");
  await until("the timeout", () => timers.waiting.size === 1);
  assertEquals(timers.fire(), 2000);
  await until("the loss", () => redis.lost === "no end of a reply within 2000 ms");
  redis.stop();
});

Deno.test("RedisClient leaves a server that became read-only: its address may lead elsewhere", async () => {
  const { redis, server, servers, timers } = await connected();
  const reply = redis.send("SET", "k", "v");
  server.reply("-READONLY You can't write against a read only replica.\r\n");
  await assertRejects(() => reply, Error, "READONLY");
  await until("the end", () => server.closed && timers.waiting.size === 1);
  assertEquals(timers.fire(), 75);
  await until("the next connection", () => servers.length === 2);
  servers[1].reply("%1\r\n+proto\r\n:3\r\n");
  await until("the handshake", () => redis.connected);
  redis.send("SET", "k", "v").catch(() => {});
  servers[1].reply("-READONLY\r\n");
  await until("the end", () => servers[1].closed && timers.waiting.size === 1);
  assertEquals(timers.fire(), 150, "a connection without a success is a failure");
  redis.stop();
});

Deno.test("RedisClient counts pushes as silence: they answer nothing", async () => {
  const { redis, server, timers, events } = await connected();
  const reply = redis.send("GET", "k");
  await until("the command", () => server.received.endsWith("k\r\n"));
  const before = [...timers.waiting.keys()];
  server.reply(">3\r\n+message\r\n+news\r\n+a\r\n");
  await until("the push", () => events.includes("news: a"));
  assertEquals([...timers.waiting.keys()], before);
  redis.stop();
  await assertRejects(() => reply, ConnectionError);
});

Deno.test("RedisClient hides its password in what a server before Redis 6 quotes", async () => {
  const { redis, servers } = client();
  redis.start();
  await until("HELLO", () => servers[0]?.received.includes("SETNAME"));
  servers[0].reply(
    "-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `pw`, \r\n",
  );
  await until("the failure", () => redis.lost !== "");
  const expected = "the server does not know HELLO: it must be Redis 6 or newer, or Valkey";
  const error = await assertRejects(() => redis.send("PING"), ConnectionError);
  assertEquals(error.message, `not connected: ${expected}`);
  redis.stop();
});

for (
  const [what, reply, detail] of [
    ["bytes that are no reply", "HTTP/1.1 400\r\n", "begins no RESP3 reply"],
    ["a reply to no command", "+OK\r\n+OK\r\n", "a reply to no command"],
    ["a reply over the bound", "$1048577\r\n", "at most 1048576"],
  ]
) {
  Deno.test(`RedisClient ends a connection that sends ${what}`, async () => {
    const { redis, server } = await connected();
    redis.send("PING").catch(() => {});
    server.reply(reply);
    await until("the loss", () => redis.lost !== "");
    assertStringIncludes(redis.lost, detail);
    redis.stop();
  });
}

Deno.test("RedisClient reconnects after delays that double, with jitter, up to 5 s", async () => {
  let dials = 0;
  const { redis, timers } = client({
    dial() {
      dials++;
      return Promise.reject(new Error("refused"));
    },
  });
  redis.start();
  const delays: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    await until("the failure", () => dials === attempt);
    delays.push(timers.fire());
  }
  assertEquals(delays, [75, 150, 300, 600, 1200, 2400, 3750, 3750]);
  redis.stop();
});

Deno.test("RedisClient rejects commands at once while it has no connection", async () => {
  const { redis } = client();
  const error = await assertRejects(() => redis.send("PING"), ConnectionError);
  assertEquals(error.message, "not connected");
});

Deno.test("RedisClient limits the commands that wait for a reply", async () => {
  const { redis } = await connected();
  const replies = Array.from({ length: 257 }, () => redis.send("PING"));
  replies.slice(0, 256).forEach((reply) => reply.catch(() => {}));
  await assertRejects(() => replies[256], ConnectionError, "256 commands are waiting");
  redis.stop();
});

function realClient(port: number, options: Partial<RedisClientOptions> = {}) {
  return client({
    address: addressOf(`redis://127.0.0.1:${port}`),
    dial: dialRedis,
    later(delay_ms, run) {
      const timer = setTimeout(run, delay_ms);
      return () => clearTimeout(timer);
    },
    ...options,
  });
}

Deno.test({
  name: "RedisClient stores 8 MiB on a real server and reads them back",
  ignore: !HAS_REDIS,
  async fn() {
    await using server = await startRedis(["--requirepass", "s3cret"]);
    const address = addressOf(`redis://:s3cret@127.0.0.1:${server.port}/3`);
    const { redis } = realClient(server.port, { address, reply_bytes_max: 16 << 20 });
    redis.start();
    await until("the connection", () => redis.connected);
    const value = new Uint8Array(8 << 20).map((_, i) => i * 7);
    assertEquals(await redis.send("SET", "k", value), "OK");
    assert(indexOfDifference(await redis.send("GET", "k") as Uint8Array, value) === -1);
    redis.stop();
  },
});

function indexOfDifference(a: Uint8Array, b: Uint8Array): number {
  return a.length === b.length ? a.findIndex((byte, i) => byte !== b[i]) : 0;
}

Deno.test({
  name: "RedisClient names a wrong password of a real server without repeating it",
  ignore: !HAS_REDIS,
  async fn() {
    await using server = await startRedis(["--requirepass", "s3cret"]);
    const address = addressOf(`redis://:wr0ng@127.0.0.1:${server.port}`);
    const { redis } = realClient(server.port, { address });
    redis.start();
    await until("the failure", () => redis.lost !== "");
    const detail = redis.lost;
    redis.stop();
    assertStringIncludes(detail, "WRONGPASS");
    assertEquals(detail.includes("wr0ng"), false);
  },
});

Deno.test({
  name: "RedisClient subscribes again when a real server is back",
  ignore: !HAS_REDIS,
  async fn() {
    const first = await startRedis();
    const { redis, events } = realClient(first.port, { channels: ["news"] });
    redis.start();
    await until("the connection", () => redis.connected);
    await first[Symbol.asyncDispose]();
    await until("the loss", () => !redis.connected);
    await using _second = await startRedis([], first.port);
    await until("the second connection", () => redis.connected);
    await redis.send("PUBLISH", "news", "hello");
    await until("the message", () => events.includes("news: hello"));
    redis.stop();
  },
});
