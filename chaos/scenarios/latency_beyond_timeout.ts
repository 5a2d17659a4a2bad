import { at, baseline, latency, recover, s, scenario, timeToDetect } from "../vocabulary/mod.ts";
import {
  FRESH,
  GENTLE,
  nextRetryAfterHang,
  nextTimeout,
  SERVES_ON,
  SURVIVES_HANGING,
} from "./promises.ts";

export default scenario("latency-beyond-timeout", {
  question: "What happens when the source answers, but later than a poll may take?",
  claim: "An answer that comes after the time-out is a failed poll, not a slow one",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES_HANGING },
  predicts: [timeToDetect().atMost(nextTimeout()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), latency("source", { delay_ms: 5000 }).for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
