import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { percentile } from "../../../platform/mod.ts";
import { mulberry32 } from "../../verdict/mod.ts";
import { TrendSink } from "./trend_sink.ts";

const EXACT_SAMPLES_MAX = 8192;
const ERROR_MAX = 1 / 1024;

const PERCENTILES = [0, 0.1, 1, 5, 25, 50, 66.7, 75, 90, 95, 99, 99.9, 99.99, 100];

/** Adds the samples `piece` at a time. */
function fill(samples: ArrayLike<number>, piece = 256): TrendSink {
  const sink = new TrendSink(), all = Float64Array.from(samples);
  for (let at = 0; at < all.length; at += piece) sink.add(all.subarray(at, at + piece));
  return sink;
}

Deno.test("TrendSink interpolates between closest ranks, like NumPy's default", () => {
  const sink = fill([40, 10, 30, 20]);
  assertEquals([0, 25, 50, 90, 100].map((p) => sink.percentile(p)), [10, 17.5, 25, 37, 40]);
});

Deno.test(`TrendSink is exact up to ${EXACT_SAMPLES_MAX} samples, and read in between`, () => {
  const random = mulberry32(7);
  const sink = new TrendSink();
  const samples: number[] = [];
  for (let i = 0; i < EXACT_SAMPLES_MAX; i++) {
    samples.push(random() * 1000 - 200);
    sink.add(Float64Array.of(samples[i]));
    if (i % 1000 !== 0 && i !== EXACT_SAMPLES_MAX - 1) continue;
    const sorted = Float64Array.from(samples).sort();
    for (const p of PERCENTILES) assertEquals(sink.percentile(p), percentile(sorted, p));
  }
});

const DISTRIBUTIONS: Record<string, (random: () => number) => number> = {
  "even": (random) => random() * 50,
  "log-normal latencies": (random) => Math.exp(normal(random)),
  "heavy tail": (random) => 0.1 / (1 - random()) ** 2,
  "two modes far apart": (random) => random() < 0.95 ? 1 + random() : 30_000 + random(),
  "whole numbers": (random) => Math.floor(random() * 20),
  "both signs": (random) => normal(random) * 100,
  "tiny and huge": (random) => 10 ** (random() * 600 - 300),
};

for (const [name, draw] of Object.entries(DISTRIBUTIONS)) {
  Deno.test(`TrendSink beyond that has an error of at most 1/1024: ${name}`, () => {
    for (let round = 0; round < 5; round++) {
      const seed = 1000 + round;
      const random = mulberry32(seed);
      const count = EXACT_SAMPLES_MAX + 1 + Math.floor(random() * 30_000);
      const samples = Float64Array.from({ length: count }, () => draw(random));
      const sink = fill(samples, 1 + round * 100);
      samples.sort();
      for (const p of PERCENTILES) {
        const exact = percentile(samples, p);
        const rank = (count - 1) * p / 100;
        const larger = Math.max(
          Math.abs(samples[Math.floor(rank)]),
          Math.abs(samples[Math.ceil(rank)]),
        );
        const bound = larger * ERROR_MAX * (1 + 1e-9) + Number.MIN_VALUE;
        const off = Math.abs(sink.percentile(p) - exact);
        assert(off <= bound, `seed ${seed}, p(${p}): ${sink.percentile(p)}, exactly ${exact}`);
      }
      assertEquals(sink.percentile(0), samples[0]);
      assertEquals(sink.percentile(100), samples[count - 1]);
      const mean = samples.reduce((sum, value) => sum + value / count, 0);
      const average = sink.figure({ kind: "avg", percentile: NaN, label: "avg" });
      assertAlmostEquals(average, mean, Math.max(1e-9, Math.abs(mean) * 1e-9));
    }
  });
}

Deno.test("TrendSink reads any float back from its histogram within 1/1024", () => {
  const edges = [0, -0, 1, -1, 1 - 2 ** -53, 2 ** 52 + 1, 5e-324, 1e-300, -1e300, Number.MAX_VALUE];
  for (const value of edges) {
    // The extremes keep the result from being clamped to the value itself.
    const samples = new Float64Array(EXACT_SAMPLES_MAX + 2).fill(value);
    samples[0] = -Number.MAX_VALUE;
    samples[1] = Number.MAX_VALUE;
    const off = Math.abs(fill(samples).percentile(50) - value);
    assert(off <= Math.abs(value) * ERROR_MAX || Math.abs(value) < 1e-307, `${value}`);
  }
});

Deno.test("the README states how exact percentiles are", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  assert(readme.includes(`exact up to ${EXACT_SAMPLES_MAX.toLocaleString("en")} samples`));
  assert(readme.includes(`most 1/${1 / ERROR_MAX}`));
});

Deno.test("an empty TrendSink returns zeros", () => {
  const sink = new TrendSink();
  assertEquals([sink.is_empty, sink.percentile(95)], [true, 0]);
  assertEquals(sink.figures([{ kind: "max", percentile: NaN, label: "max" }]), { max: 0 });
});

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
