import { at, baseline, hang, recover, s, scenario, timeToDetect } from "../vocabulary/mod.ts";
import {
  FRESH,
  GENTLE,
  nextRetryAfterHang,
  nextTimeout,
  SERVES_ON,
  SURVIVES_HANGING,
} from "./promises.ts";

export default scenario("hang", {
  question: "What do clients see while the source takes connections and never answers?",
  claim: "A poll that hangs ends with its time-out and holds nothing else up",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES_HANGING },
  predicts: [timeToDetect().atMost(nextTimeout()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), hang("source").for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
