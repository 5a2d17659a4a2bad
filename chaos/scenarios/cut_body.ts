import {
  at,
  baseline,
  cutBody,
  dataInterval,
  recover,
  s,
  scenario,
  timeToDetect,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("cut-body", {
  question: "Is half a body taken for a whole one?",
  claim: "A body that ends early is refused, and no switch disappears",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(nextPoll().plus(dataInterval())), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), cutBody({ share_kept: 0.6 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
