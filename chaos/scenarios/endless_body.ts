import {
  age,
  at,
  baseline,
  endlessBody,
  memoryGrowth,
  p95Ratio,
  pollTimeout,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextRetryAfterHang, outageAge, SERVES_ON } from "./promises.ts";

/**
 * A process of about 80 MB, one body of 4 MiB, and garbage outside of V8's heap, which is collected
 * at 64 MB: (80 + 4 + 64) / 80.
 */
const MEMORY_GROWTH_MAX = 1.85;

export default scenario("endless-body", {
  question: "Does a body that never ends ever end?",
  claim: "Limit or time-out end it, whichever comes first, and clients see nothing of it",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [
      age().atMost(outageAge().plus(pollTimeout())),
      p95Ratio().atMost(2, "bytes at full speed take a core from everybody on a small machine"),
    ],
  },
  settings: { subject_env: { UPSTREAM_MAX_BYTES: "4194304" } },
  predicts: [
    memoryGrowth().atMost(MEMORY_GROWTH_MAX, "one body, and what is not yet collected"),
    ...GENTLE,
  ],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), endlessBody().for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
