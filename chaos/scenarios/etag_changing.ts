import { at, badEtag, baseline, recover, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("etag-changing", {
  question: "What does an ETag do that changes though the data does not?",
  claim: "Polls that could have been 304 carry data, and nothing else happens",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: [AS_FAST_AS_BEFORE, ...FRESH] },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), badEtag({ mode: "changing" }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
