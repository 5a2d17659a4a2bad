import { assert, assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { type OpenLoopPlan, runOpenLoop } from "./open_loop.ts";
import { startPacemaker } from "./pacemaker.ts";
import { buildRequest } from "./request.ts";
import { monotonicNow, type Socket, tcpDial } from "./connection.ts";
import type { LoadResult } from "./load.ts";

const OK = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
const TARGET = buildRequest({ host: "h", path: "/" });

/**
 * A server in virtual time, 1 ms per tick. It responds after `service_ms` and stalls in
 * `[stall_ms[0], stall_ms[1])`.
 */
class VirtualServer {
  now_ms = 0;
  sent = 0;
  readonly #service_ms: number;
  readonly #stall_ms: readonly [number, number];
  #beat = Promise.withResolvers<void>();
  #due: { at_ms: number; answer: () => void }[] = [];

  constructor(service_ms: number, stall_ms: readonly [number, number] = [0, 0]) {
    this.#service_ms = service_ms;
    this.#stall_ms = stall_ms;
  }

  readonly now = () => this.now_ms;

  readonly dial = (): Promise<Socket> =>
    Promise.resolve({
      write: (bytes) => {
        this.sent++;
        return Promise.resolve(bytes.length);
      },
      read: (into) => {
        const { promise, resolve } = Promise.withResolvers<number>();
        const at_ms = this.now_ms + this.#service_ms;
        const answer = () => {
          into.set(OK);
          resolve(OK.length);
        };
        this.#due.push({ at_ms, answer });
        return promise;
      },
      close() {},
    });

  readonly tick = () => this.#beat.promise;

  /** Advances by 1 ms. */
  async advance(): Promise<void> {
    this.now_ms++;
    const [from, to] = this.#stall_ms;
    if (this.now_ms < from || this.now_ms >= to) {
      const now = this.#due.filter(({ at_ms }) => at_ms <= this.now_ms);
      this.#due = this.#due.filter(({ at_ms }) => at_ms > this.now_ms);
      for (const { answer } of now) answer();
    }
    this.#beat.resolve();
    this.#beat = Promise.withResolvers();
    for (let i = 0; i < 50; i++) await Promise.resolve(); // lets the exchanges continue
  }
}

/** Runs 1,000 requests/s for 1 s on 10 connections, in virtual time. */
async function run(server: VirtualServer, plan: Partial<OpenLoopPlan> = {}): Promise<LoadResult> {
  let over = false;
  const running = runOpenLoop({
    targets: [TARGET],
    connections: 10,
    warmup_ms: 0,
    duration_ms: 1_000,
    rate_per_s: 1_000,
    ...plan,
  }, server).finally(() => over = true);
  while (!over && server.now_ms < 10_000) await server.advance();
  return await running;
}

Deno.test("runOpenLoop() starts every arrival of its rate", async () => {
  const server = new VirtualServer(2);
  const result = await run(server);
  assertEquals([server.sent, result.responses, result.dropped], [1_000, 1_000, 0]);
  assertEquals([result.latency.max_ms, result.rate_per_s], [2, 1_000]);
  assertEquals(result.lag!.max_ms, 0);
});

Deno.test("runOpenLoop() charges a stall to every request that should have started", async () => {
  // A closed loop of 10 connections would see 10 slow responses. Here 200 arrivals are late by
  // 200 ms down to 1 ms: a fifth of all responses.
  const result = await run(new VirtualServer(1, [400, 600]));
  assertEquals(result.responses, 1_000);
  const { p50_ms, p90_ms, p99_ms, max_ms } = result.latency;
  assert(p50_ms! < 2 && p90_ms! > 90, `p50 ${p50_ms}, p90 ${p90_ms}`);
  assert(p99_ms! > 185 && max_ms! >= 200, `p99 ${p99_ms}, max ${max_ms}`);
  assert(result.lag!.max_ms! > 180, "queued arrivals left late");
});

Deno.test("runOpenLoop() queues arrivals up to its bound, then drops and counts them", async () => {
  const result = await run(new VirtualServer(1, [400, 600]), { queued_max: 50 });
  // 10 on the connections, 50 in the queue, the rest of 200 dropped.
  assert(result.dropped >= 135 && result.dropped <= 145, `${result.dropped} dropped`);
  assertEquals(result.responses + result.dropped, 1_000);
});

Deno.test("runOpenLoop() excludes arrivals of the warm-up", async () => {
  const server = new VirtualServer(1, [0, 90]);
  const result = await run(server, { warmup_ms: 200, duration_ms: 300 });
  assertEquals([server.sent, result.responses], [500, 300]);
  assertEquals(result.latency.max_ms, 1);
});

Deno.test("runOpenLoop() keeps its rate against a real server, with a fine tick", async () => {
  let served = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    served++;
    return new Response("hi");
  });
  const pacemaker = startPacemaker(0.25);
  try {
    const result = await runOpenLoop(
      { targets: [TARGET], connections: 20, warmup_ms: 50, duration_ms: 250, rate_per_s: 1_000 },
      { dial: tcpDial("127.0.0.1", server.addr.port), now: monotonicNow, tick: pacemaker.tick },
    );
    assertEquals([result.responses, served, result.errors_total], [250, 300, 0]);
  } finally {
    pacemaker.stop();
  }
});

Deno.test("runOpenLoop() counts drops and refused connects without a server", async () => {
  const port = freePort();
  const result = await runOpenLoop(
    { targets: [TARGET], connections: 2, warmup_ms: 0, duration_ms: 50, rate_per_s: 1_000 },
    { dial: tcpDial("127.0.0.1", port), now: monotonicNow },
  );
  assertEquals([result.responses, result.dropped], [0, 50]);
  assertEquals(Object.keys(result.errors), ["connect_refused"]);
});
