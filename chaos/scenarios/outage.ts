import { at, baseline, recover, refuse, s, scenario, timeToDetect } from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("outage", {
  question: "What do clients see while the source is gone?",
  claim:
    "The last snapshot is served, labelled with its true age, as fast as before, while nobody listens at the source",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), refuse("source").for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
  abort: { error_share: 0.5, for: s(3) },
});
