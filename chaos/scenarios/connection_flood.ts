import {
  at,
  baseline,
  connectionFlood,
  noMetastability,
  recover,
  s,
  scenario,
  socketGrowth,
} from "../vocabulary/mod.ts";
import { AS_FAST_AS_BEFORE, FRESH, nextRetry, SERVES_ON } from "./promises.ts";

export default scenario("connection-flood", {
  question: "Do connections that say nothing keep others out?",
  claim: "Three hundred idle connections cost the others nothing and leave no socket behind",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: [AS_FAST_AS_BEFORE, ...FRESH] },
  predicts: [socketGrowth().atMost(10, "their sockets are closed with them"), noMetastability()],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), connectionFlood({ connections: 300, rate_per_s: 100 }).for(s(15))),
    at(s(25), recover({ within: nextRetry(), stable: 3 })),
  ],
});
