import { age, at, baseline, recover, s, scenario, slicer } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON, slowed } from "./promises.ts";

export default scenario("slicer", {
  question: "Is an answer that comes in crumbs read right?",
  claim: "A body in pieces of some 100 bytes is the same body",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [AS_FAST_AS_BEFORE, age().atMost(slowed(200))],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(
      s(10),
      slicer("source", { average_bytes: 100, variation_bytes: 50, delay_us: 1000 }).for(s(20)),
    ),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
