import { assertEquals } from "@std/assert";
import type { ProcessSample } from "../rig/mod.ts";
import { judgeGrowth, judgePolls, PER_POLL, PER_REQUEST, pollsIn } from "./growth_claims.ts";

/** 80 samples, four a second and one per poll, with garbage of up to 20 MB. */
function samples(grow: (polls: number) => Partial<ProcessSample> = () => ({})): ProcessSample[] {
  return Array.from({ length: 80 }, (_, polls) => ({
    t_ms: polls * 250,
    rss_mb: 100 + 20 * (polls % 7) / 7,
    sockets: 20,
    threads: 12,
    polls,
    requests: polls * 10_000,
    block_ms: 3,
    ...grow(polls),
  }));
}

function broken(samples: ProcessSample[], work = PER_POLL): string[] {
  return judgeGrowth("steady", samples, work)
    .filter(({ verdict }) => verdict !== "holds").map(({ name, verdict }) => `${verdict}: ${name}`);
}

Deno.test("a heap with garbage and a steady number of sockets hold", () => {
  assertEquals(broken(samples()), []);
  assertEquals(broken(samples(), PER_REQUEST), []);
});

Deno.test("2 MB kept per poll are broken", () => {
  const grown = samples((polls) => ({ rss_mb: 100 + 2 * polls + 20 * (polls % 7) / 7 }));
  assertEquals(broken(grown), ["broken: memory growth per poll"]);
});

Deno.test("a socket kept per poll is broken", () => {
  assertEquals(broken(samples((polls) => ({ sockets: 20 + polls }))), [
    "broken: socket growth per poll",
  ]);
});

Deno.test("500 bytes kept per request are broken per 1,000 requests", () => {
  const grown = samples((polls) => ({ rss_mb: 100 + polls * 5 }));
  assertEquals(broken(grown, PER_REQUEST), ["broken: memory growth per 1,000 requests"]);
});

Deno.test("a heap that grows by 20 MB under few requests is inconclusive, not a leak", () => {
  const filling = samples((polls) => ({ requests: polls * 500, rss_mb: 100 + polls / 4 }));
  assertEquals(broken(filling, PER_REQUEST), ["inconclusive: memory growth per 1,000 requests"]);
});

Deno.test("growth without enough samples is inconclusive", () => {
  assertEquals(broken(samples().slice(0, 10)), [
    "inconclusive: memory growth per poll",
    "inconclusive: socket growth per poll",
  ]);
});

Deno.test("one poll per POLL_MS holds, two are broken; nine polls in all are inconclusive", () => {
  const verdict = (polls: number, duration_ms: number) =>
    judgePolls("steady", { polls, duration_ms }, 250).verdict;
  assertEquals(verdict(80, 20_000), "holds");
  assertEquals(verdict(160, 20_000), "broken");
  assertEquals(verdict(9, 1_000), "inconclusive");
  assertEquals(verdict(0, 0), "inconclusive");
});

Deno.test("polls are counted between the first and the last sample", () => {
  assertEquals(pollsIn(samples()), { polls: 79, duration_ms: 19_750 });
  assertEquals(pollsIn([]), { polls: 0, duration_ms: 0 });
});
