import {
  age,
  at,
  baseline,
  fetchTime,
  longestBackoff,
  recover,
  s,
  scenario,
  status,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  AS_FAST_AS_BEFORE,
  FRESH,
  freshAge,
  GENTLE,
  nextPoll,
  nextRetry,
  SERVES_ON,
} from "./promises.ts";

export default scenario("fail-first", {
  question: "How soon is a short trouble over?",
  claim: "Three 500s in a row cost three polls",
  steady: {
    always: SERVES_ON,
    unfaulted: FRESH,
    faulted: [
      AS_FAST_AS_BEFORE,
      age().atMost(
        freshAge().plus(longestBackoff(), longestBackoff(), longestBackoff(), fetchTime()),
      ),
    ],
  },
  predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), status({ status: 500, first_n: 3 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
