import { assertEquals, assertThrows } from "@std/assert";
import { checkAttributes, checkStream, checkToxicity, type ToxicType } from "./checks.ts";

Deno.test("checkAttributes adds defaults and keeps earlier attributes", () => {
  assertEquals(checkAttributes("latency", undefined), { latency: 0, jitter: 0 });
  assertEquals(checkAttributes("latency", { jitter: 5 }, { latency: 7, jitter: 1 }), {
    latency: 7,
    jitter: 5,
  });
});

for (
  const [type, attributes, message] of [
    ["latency", { latancy: 1 }, "latency has no attribute latancy: it has latency, jitter"],
    [
      "latency",
      { latency: -1 },
      "latency.latency=-1: must be a whole number of ms, 0 – 2147483647",
    ],
    ["latency", { latency: 1.5 }, "latency.latency=1.5: must be a whole number of ms"],
    ["latency", { jitter: "5" }, 'latency.jitter="5": must be a whole number of ms'],
    ["latency", [], "latency.attributes=[]: must be an object"],
    ["bandwidth", { rate: -1 }, "bandwidth.rate=-1: must be a whole number of KB/s"],
    ["slicer", {}, "slicer.average_size=0: must be a whole number of bytes, 1 – "],
    [
      "slicer",
      { average_size: 5, size_variation: 6 },
      "slicer.size_variation=6: must be at most average_size (5)",
    ],
    ["limit_data", { bytes: 1e20 }, "limit_data.bytes=100000000000000000000: must be"],
    ["noop", { a: 1 }, "noop has no attribute a: it has none"],
    ["latency", { toString: 1 }, "latency has no attribute toString"],
  ] as [ToxicType, unknown, string][]
) {
  Deno.test(`checkAttributes refuses ${type} ${JSON.stringify(attributes)} and says why`, () => {
    assertThrows(() => checkAttributes(type, attributes), RangeError, message);
  });
}

Deno.test("checkToxicity accepts numbers from 0 to 1 only", () => {
  for (const toxicity of [0, 0.5, 1]) assertEquals(checkToxicity(toxicity), toxicity);
  for (const toxicity of [-0.1, 1.1, NaN, "1", null]) {
    assertThrows(() => checkToxicity(toxicity), RangeError, "must be a number, 0 – 1");
  }
});

Deno.test("checkStream accepts either direction in any case", () => {
  assertEquals([checkStream("UPSTREAM"), checkStream("downstream")], ["upstream", "downstream"]);
  assertThrows(() => checkStream("sideways"), RangeError, "upstream or downstream");
});
