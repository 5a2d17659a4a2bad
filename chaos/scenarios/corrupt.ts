import {
  at,
  baseline,
  cutBody,
  duplicateColumn,
  recover,
  s,
  scenario,
  tornRows,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("corrupt", {
  question: "Does anything broken get through, whichever way it is broken?",
  claim: "Cut bodies, torn rows and repeated columns never become the snapshot that is served",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), cutBody({ share_kept: 0.6 }).for(s(7))),
    at(s(17), tornRows({ share: 0.5 }).for(s(7))),
    at(s(24), duplicateColumn().for(s(7))),
    at(s(31), recover({ within: nextRetry(), stable: 3 })),
  ],
});
