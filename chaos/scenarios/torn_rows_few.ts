import {
  age,
  at,
  baseline,
  loadErrors,
  ms,
  noBadData,
  noUnlabelledStale,
  p95,
  probeErrors,
  recover,
  s,
  scenario,
  tornRows,
} from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, freshAge, GENTLE, nextRetry } from "./promises.ts";

/** A sample whose rows were torn is the last good one until the source has the next. */
const HELD_YET = "nothing is torn, but what was is held until the next sample";

export default scenario("torn-rows-few", {
  question: "Do some torn rows take the good ones with them?",
  claim: "Rows that are torn are left out and all others are served fresh",
  steady: {
    always: [p95().atMost(ms(7)), noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0.02, HELD_YET),
      probeErrors().atMost(0.02, HELD_YET),
    ],
    faulted: [
      AS_FAST_AS_BEFORE,
      age().atMost(freshAge()),
      loadErrors().atMost(0.2, "5 % of the rows are torn; some hit the cells asked for more"),
      probeErrors().atMost(0.2, "5 % of the rows are torn; some hit the cells asked for more"),
    ],
  },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), tornRows({ share: 0.05 }).for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
