import {
  age,
  at,
  baseline,
  cpu,
  ms,
  noMetastability,
  p95,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { ANSWERS_RIGHT, FRESH, nextRetry, slowed } from "./promises.ts";

export default scenario("cpu-starved", {
  question: "What does a busy neighbor take from clients?",
  claim: "Answers get slower, not wrong, and polls keep their pace",
  steady: {
    always: ANSWERS_RIGHT,
    unfaulted: FRESH,
    faulted: [age().atMost(slowed(500)), p95().atMost(ms(100), "two neighbors on each core")],
  },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), cpu({ workers: 2, share: 0.8 }).for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
