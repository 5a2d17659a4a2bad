import { at, baseline, recover, refuse, s, scenario, timeToDetect } from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("herd", {
  question: "Do many subjects fall upon a source that is back?",
  claim: "Four subjects spread their retries: in the first poll interval each asks about once",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  settings: { subjects: 4 },
  predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), refuse("source").for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
