import {
  at,
  baseline,
  loadErrors,
  memoryGrowth,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  probeErrors,
  recover,
  reset,
  s,
  scenario,
  socketGrowth,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetry } from "./promises.ts";

export default scenario("client-resets", {
  question: "What is left of clients whose connections are reset?",
  claim: "Nothing: no socket, no memory, and the next one is answered as before",
  steady: {
    always: [noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0, "connections live"),
      probeErrors().atMost(0, "connections live"),
    ],
  },
  predicts: [
    socketGrowth().atMost(10, "a reset connection is closed on both sides"),
    memoryGrowth().atMost(1.5, "nothing is kept of it"),
    noMetastability(),
  ],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), reset("client").for(s(10))),
    at(s(20), recover({ within: nextRetry(), stable: 3 })),
  ],
});
