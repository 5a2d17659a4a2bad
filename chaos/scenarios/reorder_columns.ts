import { at, baseline, recover, reorderColumns, s, scenario } from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, GENTLE, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("reorder-columns", {
  question: "Are values told apart by their column's name or by its place?",
  claim: "Columns in another order are the same data",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: [AS_FAST_AS_BEFORE, ...FRESH] },
  predicts: [...GENTLE],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), reorderColumns().for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
