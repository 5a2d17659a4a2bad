import {
  age,
  at,
  baseline,
  clockSkew,
  dataInterval,
  loadErrors,
  longestBackoff,
  ms,
  noBadData,
  p95,
  probeErrors,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, freshAge, GENTLE, nextRetry } from "./promises.ts";

/** Three newer snapshots in a row are refused before the fourth is believed. */
const believed = () => dataInterval().plus(dataInterval(), dataInterval());

export default scenario("clock-ahead", {
  question: "Can a source whose clock runs ahead talk its age down?",
  claim: "No age is negative, and data is never told younger than its fetch",
  steady: {
    // How old data was when it was fetched, only the source knows: its clock is all there is.
    always: [
      loadErrors().atMost(0, "the data itself is good"),
      probeErrors().atMost(0, "the data itself is good"),
      p95().atMost(ms(7)),
      noBadData(),
    ],
    // The end of the fault is a clock that is set back, which is doubted first.
    unfaulted: [age().atMost(freshAge().plus(believed(), longestBackoff()))],
    faulted: [AS_FAST_AS_BEFORE, ...FRESH],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), clockSkew({ skew_ms: 60_000 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
