import { at, baseline, kill, recover, s, scenario, timeToDetect } from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("source-killed", {
  question: "What do clients see when the source dies and is started again?",
  claim: "The last snapshot is served until the new source is up, and then its own at once",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), kill("data_server").for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
