/** Whether the harm outlives its cause. */
import { METASTABLE_MS_MIN } from "../limits.ts";
import { duration } from "../quantity.ts";
import { lifted } from "../spans.ts";
import { dataProbes, describeProbe } from "./data_probes.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { recoveredWhen } from "./recover.ts";

/**
 * 1 where the subject is not as before when a verified lift is max(3 polls, 30 s) ago, else 0
 * (Bronson et al., "Metastable Failures in Distributed Systems", HotOS 2021: the failing state
 * stays after its trigger is gone).
 *
 * A run that ends before has 0 where its last probes are good, and says nothing where they are not.
 */
export const metastable: ReadMeasure = (run) => {
  const wanting = { samples_min: 1, noun: "probe after the lift" };
  const lift_ms = lifted(run);
  if (lift_ms === null) return reading({ ...wanting, doubt: "the faults were not lifted" });
  const { settings, recover } = run.header.plan;
  const horizon_ms = lift_ms + Math.max(3 * settings.poll_ms, METASTABLE_MS_MIN);
  const probes = dataProbes(run, [{ from_ms: lift_ms, to_ms: horizon_ms }]);
  const samples = probes.length;
  if (samples === 0) return reading(wanting);
  const good = recoveredWhen(run);
  const last = probes.slice(-recover.stable);
  const bad = last.findLast((probe) => !good(probe));
  if (bad === undefined) return reading({ ...wanting, samples, value: 0 });
  const watched_ms = last[last.length - 1].t_ms - lift_ms;
  const at = { t_ms: bad.t_ms, text: describeProbe(bad) };
  // Probes come a tenth of a second or so apart; the last one need not lie at the horizon.
  if (lift_ms + watched_ms >= horizon_ms - settings.poll_ms) {
    return reading({ ...wanting, samples, value: 1, at });
  }
  const doubt = `not recovered when the run ended ${duration(watched_ms)} after the lift, ` +
    `before the ${duration(horizon_ms - lift_ms)} at which that is metastable`;
  return reading({ ...wanting, samples, at, doubt });
};
