import {
  at,
  baseline,
  latency,
  ms,
  noMetastability,
  p95,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { ANSWERS_RIGHT, FRESH, nextRetry } from "./promises.ts";

export default scenario("client-latency", {
  question: "Do clients far away disturb the polls?",
  claim: "Clients 50 ms away wait those 50 ms, and data stays as fresh as ever",
  steady: {
    always: ANSWERS_RIGHT,
    unfaulted: FRESH,
    faulted: [...FRESH, p95().atMost(ms(100), "50 ms on the way and what waits behind it")],
  },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), latency("client", { delay_ms: 50 }).for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
