/** Each toxic's stage in virtual time: when data leaves, what is held, no timer left over. */
import { assert, assertEquals } from "@std/assert";
import { DELAYED_CHUNKS_MAX, PACED_HELD_BYTES_MAX, PACED_HELD_BYTES_MIN } from "./limits.ts";
import { STAGES } from "./toxics.ts";
import { VirtualStage } from "./testing/virtual_stage.ts";

Deno.test("latency delays each chunk on its own, and the end after the last one", () => {
  const one = new VirtualStage(STAGES.latency, { latency: 200, jitter: 0 });
  one.push(1);
  one.to(50);
  one.push(2);
  one.stage.end();
  one.to(1_000);
  assertEquals(one.out, [[200, 1], [250, 2], [250, "end"]]);
  assertEquals([one.hits, one.hit_bytes, one.timers], [2, 3, 0]);
});

Deno.test("latency draws from latency ± jitter and keeps the order", () => {
  const one = new VirtualStage(STAGES.latency, { latency: 100, jitter: 50 });
  for (let n = 0; n < 500; n++) {
    one.to(n * 1_000);
    one.push(1);
  }
  one.to(600_000);
  const delays = one.out.map(([at_ms], n) => at_ms - n * 1_000);
  assert(Math.min(...delays) >= 50 && Math.min(...delays) < 55, `${Math.min(...delays)}`);
  assert(Math.max(...delays) <= 150 && Math.max(...delays) > 145, `${Math.max(...delays)}`);
  const mean = delays.reduce((a, b) => a + b) / delays.length;
  assert(Math.abs(mean - 100) < 5, `${mean}`);

  const close = new VirtualStage(STAGES.latency, { latency: 100, jitter: 100 });
  for (let bytes = 1; bytes <= 50; bytes++) {
    close.to(bytes);
    close.push(bytes);
  }
  close.to(1_000);
  assertEquals(close.out.map(([, bytes]) => bytes), Array.from({ length: 50 }, (_, n) => n + 1));
});

Deno.test("the same seed draws the same jitter, another seed a different one", () => {
  const run = (seed: number) => {
    const one = new VirtualStage(STAGES.latency, { latency: 100, jitter: 50 }, seed);
    for (let n = 0; n < 20; n++) {
      one.to(n * 1_000);
      one.push(1);
    }
    one.to(30_000);
    return one.out;
  };
  assertEquals(run(5), run(5));
  assert(JSON.stringify(run(5)) !== JSON.stringify(run(6)));
});

Deno.test("bandwidth sends rate bytes a millisecond, in slices of 100 ms at most", () => {
  const one = new VirtualStage(STAGES.bandwidth, { rate: 10 });
  one.push(2_500);
  one.push(100);
  one.stage.end();
  one.to(1_000);
  assertEquals(one.out, [[100, 1_000], [200, 1_000], [250, 500], [260, 100], [260, "end"]]);
  one.push(10);
  one.to(2_000);
  // An idle line saves nothing up.
  assertEquals(one.out.at(-1), [1_001, 10]);
});

Deno.test("bandwidth makes up for late timers: the rate of a long transfer is exact", () => {
  const one = new VirtualStage(STAGES.bandwidth, { rate: 100_000 });
  one.late_ms = 1.7;
  let sent_bytes = 0;
  while (one.now_ms < 1_000) {
    for (; !one.stage.full; sent_bytes += 32_768) one.push(32_768);
    one.to(one.now_ms + 0.1);
  }
  const passed = one.out.reduce((sum, [, bytes]) => sum + (bytes as number), 0);
  assert(passed > 99_500_000 && passed <= 100_000_000, `${passed} bytes in a second`);
});

Deno.test("bandwidth sets a late piece off against the next one, and no more", () => {
  const one = new VirtualStage(STAGES.bandwidth, { rate: 10 });
  one.late_ms = 1;
  for (const at_ms of [0, 101, 201, 1_000]) {
    one.to(at_ms);
    one.push(1_000);
  }
  one.to(2_000);
  assertEquals(one.out.map(([at_ms]) => at_ms), [101, 201, 301, 1_100]);
});

for (const [rate, held_bytes_max] of [[1_000, PACED_HELD_BYTES_MIN], [1e9, PACED_HELD_BYTES_MAX]]) {
  Deno.test(`bandwidth ${rate} pauses its source at ${held_bytes_max} bytes, until it has less`, () => {
    const one = new VirtualStage(STAGES.bandwidth, { rate });
    one.push(held_bytes_max - 1);
    assertEquals(one.stage.full, false);
    one.push(1);
    assertEquals([one.stage.full, one.eased], [true, 0]);
    one.to(10_000);
    assertEquals([one.stage.full, one.eased > 0], [false, true]);
  });
}

Deno.test("latency pauses its source at its number of chunks, of any size", () => {
  const one = new VirtualStage(STAGES.latency, { latency: 100, jitter: 0 });
  for (let chunks = 1; chunks < DELAYED_CHUNKS_MAX; chunks++) one.push(1);
  assertEquals(one.stage.full, false);
  one.push(1);
  assertEquals(one.stage.full, true);
  one.to(100);
  assertEquals([one.stage.full, one.eased], [false, 1]);
});

Deno.test("latency that changes lets the next chunk pass and delays those behind it anew", () => {
  const one = new VirtualStage(STAGES.latency, { latency: 400, jitter: 0 });
  for (const bytes of [1, 2, 3]) {
    one.to(bytes * 100);
    one.push(bytes);
  }
  one.stage.end();
  one.to(350);
  one.attributes = { latency: 600, jitter: 0 };
  one.stage.release();
  one.to(5_000);
  assertEquals(one.out, [[350, 1], [800, 2], [900, 3], [900, "end"]]);
  assertEquals(one.timers, 0);
});

Deno.test("bandwidth 0 holds the end behind its data, and passes the end of no data", () => {
  const one = new VirtualStage(STAGES.bandwidth, { rate: 0 });
  one.push(5);
  one.stage.end();
  one.to(1e9);
  assertEquals([one.out, one.timers], [[], 0]);
  one.stage.release();
  assertEquals(one.out, [[1e9, 5], [1e9, "end"]]);
  const empty = new VirtualStage(STAGES.bandwidth, { rate: 0 });
  empty.stage.end();
  assertEquals(empty.out, [[0, "end"]]);
});

Deno.test("bandwidth 0 holds all data until its release, without a timer", () => {
  const one = new VirtualStage(STAGES.bandwidth, { rate: 0 });
  one.push(5);
  one.to(1e9);
  assertEquals([one.out, one.timers], [[], 0]);
  one.stage.release();
  assertEquals(one.out, [[1e9, 5]]);
});

Deno.test("slow_close passes data at once and its end late", () => {
  const one = new VirtualStage(STAGES.slow_close, { delay: 500 });
  one.push(5);
  one.stage.end();
  one.to(1_000);
  assertEquals(one.out, [[0, 5], [500, "end"]]);
  assertEquals(one.hits, 1);
});

Deno.test("slow_close starts anew at a change, and ends at once when it is removed", () => {
  const one = new VirtualStage(STAGES.slow_close, { delay: 500 });
  one.stage.end();
  one.to(400);
  one.attributes = { delay: 300 };
  one.stage.release();
  one.to(1_000);
  assertEquals(one.out, [[700, "end"]]);
  const removed = new VirtualStage(STAGES.slow_close, { delay: 500 });
  removed.stage.end();
  removed.stage.leave();
  assertEquals(removed.out, [[0, "end"]]);
});

Deno.test("timeout drops data and ends its time after the last of it", () => {
  const one = new VirtualStage(STAGES.timeout, { timeout: 300 });
  one.to(200);
  one.push(5);
  one.to(1_000);
  assertEquals(one.out, [[500, "end"]]);
  one.stage.end();
  assertEquals(one.out.length, 1);
});

Deno.test("timeout 0 ends only when it is removed", () => {
  const one = new VirtualStage(STAGES.timeout, { timeout: 0 });
  one.push(5);
  one.to(1e9);
  assertEquals([one.out, one.timers], [[], 0]);
  one.stage.leave();
  assertEquals(one.out, [[1e9, "end"]]);
});

Deno.test("timeout restarts at a change", () => {
  const one = new VirtualStage(STAGES.timeout, { timeout: 0 });
  one.to(1_000);
  one.attributes = { timeout: 100 };
  one.stage.release();
  one.to(5_000);
  assertEquals(one.out, [[1_100, "end"]]);
});

Deno.test("reset_peer resets once, its timeout after the first data", () => {
  const one = new VirtualStage(STAGES.reset_peer, { timeout: 100 });
  one.to(1_000);
  assertEquals(one.out, []);
  one.push(5);
  one.to(1_050);
  one.push(5);
  one.to(2_000);
  assertEquals(one.out, [[1_100, "reset"]]);
});

Deno.test("reset_peer resets its timeout after an end without data", () => {
  const one = new VirtualStage(STAGES.reset_peer, { timeout: 100 });
  one.stage.end();
  one.to(1_000);
  assertEquals(one.out, [[100, "reset"]]);
});

Deno.test("reset_peer resets no idle connection when it is removed", () => {
  const idle = new VirtualStage(STAGES.reset_peer, { timeout: 100 });
  idle.stage.leave();
  assertEquals([idle.out, idle.hits], [[], 0]);
  const armed = new VirtualStage(STAGES.reset_peer, { timeout: 100 });
  armed.push(1);
  armed.stage.leave();
  armed.to(1_000);
  assertEquals(armed.out, [[0, "reset"]]);
});

Deno.test("limit_data ends at its last byte", () => {
  const one = new VirtualStage(STAGES.limit_data, { bytes: 100 });
  one.push(60);
  one.push(60);
  one.push(60);
  assertEquals(one.out, [[0, 60], [0, 40], [0, "end"]]);
  const exact = new VirtualStage(STAGES.limit_data, { bytes: 100 });
  exact.push(100);
  assertEquals(exact.out, [[0, 100], [0, "end"]]);
});

Deno.test("limit_data lowered below the passed bytes ends at the next data", () => {
  const one = new VirtualStage(STAGES.limit_data, { bytes: 100 });
  one.push(60);
  one.attributes = { bytes: 30 };
  one.push(60);
  assertEquals(one.out, [[0, 60], [0, "end"]]);
});

for (const [type, maker] of Object.entries(STAGES)) {
  const attributes = {
    latency: 10,
    jitter: 0,
    rate: 1,
    delay: 10,
    timeout: 10,
    average_size: 3,
    size_variation: 0,
    bytes: 5,
  };

  Deno.test(`${type} leaves no timer behind when its connection is gone`, () => {
    const one = new VirtualStage(maker, attributes);
    one.push(100);
    one.push(100);
    one.stage.end();
    one.stage.stop();
    const before = one.out.length;
    assertEquals(one.timers, 0);
    one.to(1e6);
    assertEquals(one.out.length, before);
  });

  Deno.test(`${type} hands on all it holds when it leaves, or closes`, () => {
    const one = new VirtualStage(maker, attributes);
    one.push(100);
    one.stage.leave();
    assertEquals(one.timers, 0);
    const bytes = one.out.reduce((sum, [, what]) => sum + (typeof what === "number" ? what : 0), 0);
    const has_ended = one.out.some(([, what]) => what === "end" || what === "reset");
    assert(bytes === 100 || has_ended, JSON.stringify(one.out));
  });
}
