import {
  at,
  baseline,
  memoryGrowth,
  oversizedBody,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextRetryAfterHang, SERVES_ON, SURVIVES_HANGING } from "./promises.ts";

export default scenario("oversized-body", {
  question: "Does a body that is too large fill the memory?",
  claim: "A body over the limit ends the poll, and memory stays what it was",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES_HANGING },
  settings: { subject_env: { UPSTREAM_MAX_BYTES: "1048576" } },
  predicts: [memoryGrowth().atMost(1.5, "no more than the limit is read"), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), oversizedBody({ bytes: 16_777_216 }).for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
