/** How long a fault goes unnoticed. */
import { duration } from "../quantity.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { failuresSeen } from "./poll_failures.ts";

/**
 * Fault on → first failed poll seen, in ms: in the subject's log (`poll.error`) or in its counters,
 * whichever is first. Counters are read now and then: the truth then lies between the last reading
 * without a failed poll and the first with one.
 *
 * Predicted: refused ≤ poll interval + fetch; hanging ≤ poll interval + poll timeout.
 */
export const detect: ReadMeasure = (run) => {
  const wanting = { samples_min: 1, noun: "failed poll" };
  const fault = run.faults[0];
  if (fault === undefined) return reading({ ...wanting, doubt: "no fault was on" });
  const seen = failuresSeen(run, { from_ms: fault.asked_ms, to_ms: fault.off_ms ?? run.last_ms });
  if (seen === null) {
    return reading({
      ...wanting,
      doubt: "the subject has neither log nor counter of failed polls",
    });
  }
  if (seen.first === null) {
    // Nothing noticed for as long as the fault was on: that long at least.
    const value = (fault.off_ms ?? run.last_ms) - fault.on_ms;
    const text = `no poll failed in the ${duration(value)} ${fault.id} was on`;
    return reading({ ...wanting, value, samples: 1, at: { t_ms: fault.on_ms + value, text } });
  }
  const value = Math.max(0, seen.first.t_ms - fault.on_ms);
  const { none_until_ms, first } = seen;
  const interval = none_until_ms === null
    ? null
    : [Math.max(0, none_until_ms - fault.on_ms), value] as const;
  return reading({ ...wanting, value, samples: 1, at: first, interval });
};
