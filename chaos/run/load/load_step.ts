/** `resource.load_step`: a second load while the fault is on. */
import { firstValue } from "../../../tools/verdict/mod.ts";
import { type Actuator, hitsOnly } from "../../actuators/actuator.ts";
import type { LoadProfile } from "../../vocabulary/mod.ts";
import type { LoadSample } from "./load_windows.ts";
import type { LoadProcess } from "./load_process.ts";

/** Deadline for the second load's first answer, in milliseconds. */
const FIRST_SAMPLE_MS_MAX = 5_000;

type StartLoad = (
  profile: LoadProfile,
  onSample: (sample: LoadSample) => void,
) => Promise<LoadProcess>;

/** `factor` − 1 times the load: both loads together are `factor` times the first. */
export function steppedProfile(profile: LoadProfile, factor: number): LoadProfile {
  const { RATE, WAVE_MS } = profile.env;
  if (RATE !== undefined) return withEnv(profile, "RATE", Number(RATE) * (factor - 1));
  if (WAVE_MS !== undefined) return withEnv(profile, "WAVE_MS", Number(WAVE_MS) / (factor - 1));
  throw new Error(`Cannot step the load ${profile.profile}: it has no RATE and no WAVE_MS`);
}

function withEnv(profile: LoadProfile, name: string, value: number): LoadProfile {
  return { ...profile, env: { ...profile.env, [name]: String(value) } };
}

export function loadStepActuator(profile: LoadProfile, start: StartLoad): Actuator {
  const running = new Map<string, LoadProcess>();
  const hits: Record<string, number> = {};
  return {
    layer: "resource",
    async apply(id, fault) {
      hits[id] = 0;
      const load = await start(steppedProfile(profile, Number(fault.params.factor)), (sample) => {
        if (sample.metric === "http_req_duration") hits[id]++;
      });
      running.set(id, load);
      if (!await firstValue(() => hits[id] > 0, { wait_ms_max: FIRST_SAMPLE_MS_MAX })) {
        throw new Error(`${id}: no answer to the second load within ${FIRST_SAMPLE_MS_MAX} ms`);
      }
    },
    async lift(id) {
      const load = running.get(id);
      running.delete(id);
      await load?.stop();
    },
    counters: () => hitsOnly("resource", { ...hits }),
    diff: () => Promise.resolve([...running.keys()].map((id) => `${id} still sends requests`)),
    async rollback(onStep) {
      for (const id of [...running.keys()]) {
        await this.lift(id);
        onStep(`end the second load of ${id}`, true);
      }
    },
  };
}
