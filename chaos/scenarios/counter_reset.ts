import {
  at,
  baseline,
  counterReset,
  loadErrors,
  ms,
  noUnlabelledStale,
  p95,
  probeErrors,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry } from "./promises.ts";

export default scenario("counter-reset", {
  question: "Does a switch that starts counting at 0 again look broken?",
  claim: "Counters that go back are data like any other and stay fresh",
  steady: {
    // Values differ from the source's by the fault itself, so they are not compared with it.
    always: [
      loadErrors().atMost(0, "the answers are whole"),
      probeErrors().atMost(0, "the answers are whole"),
      p95().atMost(ms(7)),
      noUnlabelledStale(),
    ],
    unfaulted: FRESH,
    faulted: [AS_FAST_AS_BEFORE, ...FRESH],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), counterReset().for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
