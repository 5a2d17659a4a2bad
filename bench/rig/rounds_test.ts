import { assertEquals } from "@std/assert";

import type { Engine, LoadOrder, OwnEngine } from "./load_engines.ts";

import { type Contender, passOrder, runRounds, takePair } from "./rounds.ts";
import type { DenoProcess } from "./services.ts";
import { round } from "./testing/rounds.ts";

Deno.test("passOrder() alternates forward and backward", () => {
  assertEquals([0, 1, 2].flatMap((pass) => passOrder(3, pass)), [0, 1, 2, 2, 1, 0, 0, 1, 2]);
});

Deno.test("runRounds() warms up each server, then loads them in turn", async () => {
  const orders: LoadOrder[] = [];
  const engine = {
    name: "fake",
    run(order: LoadOrder) {
      orders.push(order);
      return Promise.resolve(round({ rate_per_s: orders.length }));
    },
  } satisfies Engine;
  const contender = (port: number): Contender => ({
    label: `contender ${port}`,
    engine,
    server: { port, pid: Deno.pid, failed: new Promise(() => {}) } as unknown as DenoProcess,
    requests: [{ path: `/${port}` }],
    expect_status: 304,
  });
  const progress: string[] = [];
  const { by_contender } = await runRounds(
    [contender(1), contender(2)],
    { seconds: 3, rounds: 2 },
    (text) => void progress.push(text),
    () => () => 0,
  );
  assertEquals(orders.map(({ port }) => port), [1, 2, 1, 2, 2, 1]);
  assertEquals(by_contender.map((rounds) => rounds.map(({ rate_per_s }) => rate_per_s)), [[3, 6], [
    4,
    5,
  ]]);
  assertEquals(progress[2], "round 2 of 2: contender 2");
  const { port, connections, requests, duration_ms, expect_status } = orders[5];
  assertEquals({ port, connections, requests, duration_ms, expect_status }, {
    port: 1,
    connections: 100,
    requests: [{ path: "/1" }],
    duration_ms: 3_000,
    expect_status: 304,
  });
});

Deno.test("takePair() loads both servers together and keeps them apart in every order", async () => {
  const orders: number[][] = [];
  const own = {
    runTogether(together: readonly LoadOrder[]) {
      orders.push(together.map(({ port }) => port));
      return Promise.resolve(together.map(({ port }) => round({ p99_ms: port })));
    },
  } as unknown as OwnEngine;
  const server = (port: number) =>
    ({ port, pid: Deno.pid, failed: new Promise(() => {}) }) as unknown as DenoProcess;
  const load = { requests: [], warmup_ms: 0, duration_ms: 1, expect_status: 200 };
  for (const pass of [0, 1]) {
    const pair = await takePair(own, { subject: server(1), control: server(2) }, load, pass);
    assertEquals([pair.subject.p99_ms, pair.control.p99_ms], [1, 2]);
  }
  assertEquals(orders, [[1, 2], [2, 1]]);
});
