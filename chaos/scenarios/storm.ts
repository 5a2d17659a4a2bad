import {
  at,
  baseline,
  faultLength,
  recover,
  s,
  scenario,
  status,
  timeToDetect,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("storm", {
  question: "What do clients see while most polls are answered with 500?",
  claim:
    "A 500 is a failed poll: the last snapshot is served and the source is not asked more often for it",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [timeToDetect().atMost(faultLength()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), status({ status: 500, share: 0.7, burst: 3 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
