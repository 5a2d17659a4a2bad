import { at, badEtag, baseline, noMetastability, recover, s, scenario } from "../vocabulary/mod.ts";
import { FRESH, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("etag-same", {
  question: "What if other data comes under the same ETag?",
  claim: "What is served may be older than the source's, and says so",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), badEtag({ mode: "same_for_other" }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
