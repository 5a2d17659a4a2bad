/** What is claimed of a source that comes and goes, whatever its beat. */
import {
  at,
  baseline,
  flap,
  herd,
  noMetastability,
  recover,
  retryAmplification,
  s,
  scenario,
} from "../vocabulary/mod.ts";
import { FRESH, nextRetry, SERVES_ON, SURVIVES } from "./promises.ts";

/** @param beat How long it is up, and how long down, in poll intervals. */
export function flapping(name: string, question: string, beat: number) {
  return scenario(name, {
    question,
    claim:
      "Some polls fail; data gets no older than it must, and retries do not follow the flapping",
    steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
    predicts: [
      retryAmplification().atMost(
        2,
        "a failed poll is tried again within two intervals on average",
      ),
      herd().atMost(3, "a retry and the next poll may fall together"),
      noMetastability(),
    ],
    timeline: [
      at(s(0), baseline(s(10))),
      at(s(10), flap("source", { up_of_poll: beat, down_of_poll: beat }).for(s(20))),
      at(s(30), recover({ within: nextRetry(), stable: 3 })),
    ],
  });
}
