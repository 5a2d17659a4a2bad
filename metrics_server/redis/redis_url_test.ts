import { assertEquals } from "@std/assert";
import { redisAddress } from "./redis_url.ts";

Deno.test("redisAddress reads every part of a URL", () => {
  assertEquals(redisAddress("rediss://ann:p%40ss@[::1]:7000/3"), {
    tls: true,
    hostname: "::1",
    port: 7000,
    username: "ann",
    password: "p@ss",
    database: 3,
  });
});

Deno.test("redisAddress fills in port, user and database", () => {
  const { tls, port, username, password, database } = redisAddress("redis://:pw@cache") as Exclude<
    ReturnType<typeof redisAddress>,
    string
  >;
  assertEquals([tls, port, username, password, database], [false, 6379, "default", "pw", 0]);
});

for (
  const [text, must] of [
    ["cache:6379", "must be a redis:// or rediss:// URL"],
    ["http://cache", "must be a redis:// or rediss:// URL"],
    ["redis:cache", "must be a redis:// or rediss:// URL"],
    ["redis:///0", "must name a host"],
    ["redis://cache/zero", "must have a database number as its path, redis://host:6379/0"],
    ["redis://:%zz@cache", "must percent-encode its user and password"],
  ]
) {
  Deno.test(`redisAddress refuses ${text}`, () => assertEquals(redisAddress(text), must));
}

Deno.test("redisAddress never repeats a password in its reason", () => {
  const reason = redisAddress("redis://:secret@cache?db=secret");
  assertEquals(typeof reason === "string" && !reason.includes("secret"), true);
});
