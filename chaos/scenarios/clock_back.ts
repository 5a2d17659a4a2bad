import {
  age,
  at,
  baseline,
  clockSkew,
  faultLength,
  fixed,
  noMetastability,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, freshAge, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("clock-back", {
  question: "Is a source believed again whose clock was set back?",
  claim:
    "Older snapshots are refused until it is clear that time itself has moved; values stay good",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [
      AS_FAST_AS_BEFORE,
      age().atMost(freshAge().plus(faultLength(), fixed(s(60), "clock set back"))),
    ],
  },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), clockSkew({ skew_ms: -60_000 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
