import { at, baseline, recover, s, scenario, status, timeToDetect } from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("retry-after", {
  question: "Is a source that asks for peace given it?",
  claim: "503 with Retry-After slows the polls down to what was asked for",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), status({ status: 503, retry_after_s: 1 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
