import { at, baseline, recover, s, scenario, wrongLength } from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextRetryAfterHang, SERVES_ON, SURVIVES_HANGING } from "./promises.ts";

export default scenario("wrong-length", {
  question: "Is a body that is not as long as it says believed?",
  claim: "Content-Length that is too large is a cut body",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES_HANGING },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), wrongLength({ delta_bytes: 100 }).for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
