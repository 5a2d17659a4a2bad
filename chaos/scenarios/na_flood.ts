import { at, baseline, naFlood, recover, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("na-flood", {
  question: "What becomes of cells that say N/A?",
  claim: "A missing value is null, not an error and not an old value",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: [AS_FAST_AS_BEFORE, ...FRESH] },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), naFlood({ share: 0.5 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
