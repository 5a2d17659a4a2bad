import { age, at, baseline, latency, recover, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON, slowed } from "./promises.ts";

export default scenario("latency", {
  question: "Does a slow source make answers slow or old?",
  claim: "A source 200 ms away, give or take 50, delays data by that and clients by nothing",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [AS_FAST_AS_BEFORE, age().atMost(slowed(250))],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), latency("source", { delay_ms: 200, jitter_ms: 50 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
