import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ProcessSample } from "../rig/mod.ts";
import { judgeSoak, sampleTable, slopeLines } from "./soak_claims.ts";

const LOAD = { requests: 18_000, bad: 0, bad_detail: "" };

/** A sample per 10 s of an hour; the heap fills during the first quarter. */
function samples(grow: (minute: number) => Partial<ProcessSample> = () => ({})): ProcessSample[] {
  return Array.from({ length: 361 }, (_, i) => ({
    t_ms: 5_000 + i * 10_000,
    rss_mb: 100 + Math.min(i, 90) + i % 5 + (i < 90 ? 0 : i / 36),
    sockets: 9,
    threads: 12,
    polls: i * 20,
    requests: i * 3_000,
    block_ms: 1,
    ...grow(i / 6),
  }));
}

function verdicts(samples: ProcessSample[], load = LOAD): string[] {
  return judgeSoak(samples, load).filter(({ verdict }) => verdict !== "holds")
    .map(({ name, verdict }) => `${verdict}: ${name}`);
}

Deno.test("soak: a heap that fills once and then keeps its size holds the bound", () => {
  assertEquals(verdicts(samples()), []);
});

Deno.test("soak: 1 MB a minute, a socket in 4 minutes, a thread in 20 are broken", () => {
  assertEquals(
    verdicts(samples((minute) => ({
      rss_mb: 100 + minute,
      sockets: 9 + Math.floor(minute / 4),
      threads: 12 + Math.floor(minute / 15),
    }))),
    ["broken: memory per hour", "broken: sockets per hour", "broken: threads per hour"],
  );
});

Deno.test("soak: a short run is inconclusive", () => {
  const noisy = samples((minute) => ({ rss_mb: 100 + Math.sin(minute * 9) * 5 }));
  assertEquals(verdicts(noisy.slice(0, 33)), ["inconclusive: memory per hour"]);
  assertEquals(verdicts([]).length, 3);
});

Deno.test("soak: a heap that grows by 60 MB in the first 12 minutes is inconclusive", () => {
  const filling = samples((minute) => ({ rss_mb: 100 + minute * 5 }));
  assertEquals(verdicts(filling.slice(0, 73)), ["inconclusive: memory per hour"]);
});

Deno.test("soak: one wrong answer is broken, no answer proves nothing", () => {
  assertEquals(verdicts(samples(), { requests: 9, bad: 1, bad_detail: "failed requests 1" }), [
    "broken: errors of 9 requests (failed requests 1)",
  ]);
  assertEquals(verdicts(samples(), { ...LOAD, requests: 0 }), [
    "inconclusive: errors of 0 requests",
  ]);
});

Deno.test("soak: the table shows at most 12 samples, the first and the last one among them", () => {
  const lines = sampleTable(samples());
  assertEquals(lines.length, 13);
  assertStringIncludes(lines[1], "0.0      100.0");
  assertStringIncludes(lines[12], "60.0");
});

Deno.test("soak: each slope is printed with its interval", () => {
  const [memory] = slopeLines(judgeSoak(samples((minute) => ({ rss_mb: minute })), LOAD));
  assertEquals(memory, "memory per hour: 60.0 MB, interval 60.0 to 60.0");
});
