import {
  at,
  baseline,
  decoupling,
  loadStep,
  noMetastability,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { ANSWERS_RIGHT, FRESH, nextRetry } from "./promises.ts";

export default scenario("decoupling", {
  question: "Do more clients make more polls?",
  claim: "Ten times the requests do not move the polls",
  steady: { always: ANSWERS_RIGHT, unfaulted: FRESH, faulted: FRESH },
  load: { profile: "waves", env: { VUS: "50", WAVE_MS: "450" } },
  predicts: [
    decoupling().atMost(1.15, "polls follow their own clock; one poll more or less may fall in"),
    noMetastability(),
  ],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), loadStep({ factor: 10 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
