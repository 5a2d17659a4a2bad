import { at, baseline, duplicateRows, recover, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("duplicate-rows", {
  question: "What do rows do that come twice?",
  claim: "The first of two rows counts, and nothing is refused for it",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: [AS_FAST_AS_BEFORE, ...FRESH] },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), duplicateRows({ share: 0.2 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
