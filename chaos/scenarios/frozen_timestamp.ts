import {
  at,
  baseline,
  frozenTimestamp,
  noMetastability,
  recover,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("frozen-timestamp", {
  question: "Is data fresh because it just came?",
  claim: "Data whose own timestamp stands still gets older with every poll that brings it",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), frozenTimestamp().for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
