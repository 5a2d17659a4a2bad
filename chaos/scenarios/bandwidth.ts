import { age, at, bandwidth, baseline, recover, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON, slowed } from "./promises.ts";

export default scenario("bandwidth", {
  question: "Does a thin line to the source make data old?",
  claim: "At 20 kB/s a poll takes longer and data stays fresh",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [AS_FAST_AS_BEFORE, age().atMost(slowed(300))],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), bandwidth("source", { rate_kb_per_s: 20 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
