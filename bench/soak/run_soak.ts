/** The soak: both services, the mixed load of `bench/k6/soak.js`, samples from start to end. */
import {
  programOf,
  type ServiceProgram,
  startDataServer,
  startMetricsServer,
  watchProcess,
} from "../rig/mod.ts";
import type { ProcessSample } from "../rig/mod.ts";
import { findLoadEngine } from "../../tools/k6/mod.ts";
import { measuredOf, runProfile } from "../gate/profile.ts";
import type { SoakLoad } from "./soak_claims.ts";

/** A source that refreshes every 2 s and answers every twentieth poll with a 500. */
const SOURCE = { DATA_INTERVAL_SEC: "2", FAULT_500_PCT: "5", LOG_LEVEL: "WARN" };
/** Polls at three times the default rate. */
const SUBJECT = { POLL_MS: "500" };
const LOOK_EVERY_MS = 1_000;
/** The load's machine may pause; errors and growth are judged, not its pace. */
const LOAD = { DROPPED_PCT: "100", P95_MS: "60000" };

export interface Soaked {
  samples: readonly ProcessSample[];
  load: SoakLoad;
}

/** Runs the load for `minutes`. Throws `ProcessEnded` if a service ends. */
export async function runSoak(
  minutes: number,
  program: ServiceProgram = programOf("metrics"),
): Promise<Soaked> {
  const engine = await findLoadEngine();
  await using source = await startDataServer(SOURCE);
  await using subject = await startMetricsServer("metrics_server", source, SUBJECT, program);
  await using watch = watchProcess(subject, LOOK_EVERY_MS);
  const load = runProfile(engine, "soak", {
    ...LOAD,
    BASE_URL: `http://${subject.host}`,
    DURATION: `${minutes}m`,
  });
  const { responses, bad, bad_detail } = measuredOf(
    await Promise.race([load, subject.failed, source.failed]),
  );
  return { samples: watch.samples, load: { requests: responses, bad, bad_detail } };
}
