import { assertEquals } from "@std/assert";
import type { DenoProcess } from "./deno_process.ts";
import type { Engine } from "./engine.ts";
import type { LoadOrder } from "./load_order.ts";
import { round } from "./round_fixture.ts";
import { type Arm, passOrder, runRounds } from "./rounds.ts";

Deno.test("passOrder() goes forth and back", () => {
  assertEquals([0, 1, 2].flatMap((pass) => passOrder(3, pass)), [0, 1, 2, 2, 1, 0, 0, 1, 2]);
});

Deno.test("runRounds() warms every server up, then loads them in turn and keeps rounds apart", async () => {
  const orders: LoadOrder[] = [];
  const engine = {
    name: "fake",
    run(order: LoadOrder) {
      orders.push(order);
      return Promise.resolve(round({ rate_per_s: orders.length }));
    },
  } satisfies Engine;
  const arm = (port: number): Arm => ({
    label: `arm ${port}`,
    engine,
    server: { port, pid: Deno.pid, failed: new Promise(() => {}) } as unknown as DenoProcess,
    requests: [{ path: `/${port}` }],
    expect_status: 304,
  });
  const progress: string[] = [];
  const { by_arm } = await runRounds(
    [arm(1), arm(2)],
    { seconds: 3, rounds: 2 },
    (text) => void progress.push(text),
    () => () => 0,
  );
  assertEquals(orders.map(({ port }) => port), [1, 2, 1, 2, 2, 1]);
  assertEquals(by_arm.map((rounds) => rounds.map(({ rate_per_s }) => rate_per_s)), [[3, 6], [
    4,
    5,
  ]]);
  assertEquals(progress[2], "pass 2, 2 wanted: arm 2");
  const { port, connections, requests, duration_ms, expect_status } = orders[5];
  assertEquals({ port, connections, requests, duration_ms, expect_status }, {
    port: 1,
    connections: 100,
    requests: [{ path: "/1" }],
    duration_ms: 3_000,
    expect_status: 304,
  });
});
