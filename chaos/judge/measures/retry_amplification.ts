/** How much harder the source is asked while it fails. */
import { POLLS_MIN } from "../limits.ts";
import { counted, duration } from "../quantity.ts";
import { faultsOn, lengthOf } from "../spans.ts";
import { attemptsIn } from "./poll_attempts.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/**
 * Attempts at the source while faults are on, over how many polls would have come anyway: fault
 * length / poll interval × subjects. Predicted ≤ 1.1; over 3 is a retry storm.
 *
 * Fewer polls than {@link POLLS_MIN} expected: one poll more or less would decide.
 */
export const retryAmplification: ReadMeasure = (run) => {
  const { poll_ms, subjects } = run.header.plan.settings;
  const on = faultsOn(run);
  const found = on.map((span) => attemptsIn(run, span)).filter((attempts) => attempts !== null);
  if (found.length === 0) {
    return reading({ samples_min: POLLS_MIN, noun: "poll", doubt: "nothing counted polls" });
  }
  const count = found.reduce((sum, attempts) => sum + attempts.count, 0);
  const over_ms = found.reduce((sum, attempts) => sum + attempts.over_ms, 0);
  const expected = over_ms / poll_ms * subjects;
  return reading({
    value: count / expected,
    samples: Math.floor(expected),
    samples_min: POLLS_MIN,
    noun: "expected poll",
    at: {
      t_ms: on[on.length - 1].to_ms,
      text: `${counted(count, "attempt")} in ${duration(over_ms)} (${found[0].evidence}), ` +
        `${expected.toFixed(1)} expected`,
    },
    // A counter sampled twice may be one poll off either way.
    interval: [(count - 1) / expected, (count + 1) / expected],
    note: `${counted(count, "attempt")} in ${duration(lengthOf(on))}`,
  });
};
