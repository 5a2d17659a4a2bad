import { age, at, baseline, recover, s, scenario, slowFirstByte } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON, slowed } from "./promises.ts";

export default scenario("slow-first-byte", {
  question: "Does a source that thinks before it answers make data old?",
  claim: "400 ms before the first byte delay data by that and clients by nothing",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [AS_FAST_AS_BEFORE, age().atMost(slowed(400))],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), slowFirstByte({ delay_ms: 400 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
