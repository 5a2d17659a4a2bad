import {
  at,
  baseline,
  coldStartRefused,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  recover,
  refuse,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetry } from "./promises.ts";

export default scenario("cold-start", {
  question: "What does a subject say that was started while its source was gone?",
  claim: "503 with a reason, never an empty 200, and data within a moment of the source's return",
  steady: { always: [noUnlabelledStale(), noBadData()], unfaulted: FRESH },
  cold_start: true,
  predicts: [coldStartRefused(), noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), refuse("source").for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
