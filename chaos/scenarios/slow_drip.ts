import {
  at,
  baseline,
  dataInterval,
  recover,
  s,
  scenario,
  slowDrip,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  FRESH,
  GENTLE,
  nextRetryAfterHang,
  nextTimeout,
  SERVES_ON,
  SURVIVES_HANGING,
} from "./promises.ts";

export default scenario("slow-drip", {
  question: "Does an answer end that never stands still and never comes to its end?",
  claim: "The time-out is one for the whole poll, not one between two bytes",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES_HANGING },
  predicts: [timeToDetect().atMost(nextTimeout().plus(dataInterval())), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), slowDrip({ bytes_per_s: 200 }).for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
