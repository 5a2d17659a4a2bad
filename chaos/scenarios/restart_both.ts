import {
  at,
  baseline,
  fixed,
  loadErrors,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  probeErrors,
  recover,
  restartBoth,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetry } from "./promises.ts";

export default scenario("restart-both", {
  question: "What is left of a power cut?",
  claim: "Source and subject come up in any order and data flows again without help",
  steady: {
    always: [noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0, "both are up"),
      probeErrors().atMost(0, "both are up"),
    ],
  },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), restartBoth().for(s(10))),
    at(s(20), recover({ within: nextRetry().plus(fixed(s(2), "first snapshot")), stable: 3 })),
  ],
});
