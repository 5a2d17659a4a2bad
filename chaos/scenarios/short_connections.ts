import {
  at,
  baseline,
  limitData,
  noMetastability,
  recover,
  s,
  scenario,
  slowClose,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetryAfterHang, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("short-connections", {
  question: "Is a connection that ends within a body taken for the end of the data?",
  claim:
    "What a cut connection brought is thrown away, however the cut falls, and the next poll connects anew",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), limitData("source", { bytes: 4000 }).for(s(20))),
    at(s(10), slowClose("source", { delay_ms: 100 }).for(s(20))),
    at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
  ],
});
