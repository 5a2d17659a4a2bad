import {
  at,
  baseline,
  dataInterval,
  html,
  recover,
  s,
  scenario,
  timeToDetect,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("html", {
  question: "Is an error page with status 200 taken for data?",
  claim: "A page is no sample: it is refused and the last snapshot is served",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(nextPoll().plus(dataInterval())), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), html().for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
