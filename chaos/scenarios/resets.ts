import {
  at,
  baseline,
  memoryGrowth,
  recover,
  reset,
  s,
  scenario,
  socketGrowth,
  timeToDetect,
} from "../vocabulary/mod.ts";
import { FRESH, GENTLE, nextPoll, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

export default scenario("resets", {
  question: "What do clients see while every connection to the source is reset?",
  claim: "Resets are failed polls and nothing more: no socket and no memory is kept of them",
  steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
  predicts: [
    timeToDetect().atMost(nextPoll()),
    socketGrowth().atMost(10, "each failed poll gives its socket back"),
    memoryGrowth().atMost(1.5, "failed polls leave nothing behind"),
    ...GENTLE,
  ],
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), reset("source").for(s(20))),
    at(s(30), recover({ within: nextRetry(), stable: 3 })),
  ],
});
