import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { faultOf } from "../../testing/journal.ts";
import { loadStep } from "../../vocabulary/mod.ts";
import { loadStepActuator, steppedProfile } from "./load_step.ts";
import type { LoadProcess } from "./load_process.ts";
import type { LoadSample } from "./load_windows.ts";

const PROFILE = { profile: "waves", env: { VUS: "50", WAVE_MS: "450" } };

Deno.test("steppedProfile adds up to the factor", () => {
  const { env } = steppedProfile(PROFILE, 10);
  assertEquals(env, { VUS: "50", WAVE_MS: "50" });
  assertEquals(50 / 0.45 + 50 / 0.05, 10 * 50 / 0.45);
});

Deno.test("steppedProfile multiplies a rate", () => {
  const { env } = steppedProfile({ profile: "arrival", env: { RATE: "500" } }, 3);
  assertEquals(env, { RATE: "1000" });
});

Deno.test("steppedProfile rejects a load without rate and waves", () => {
  assertThrows(
    () => steppedProfile({ profile: "soak", env: {} }, 10),
    Error,
    "Cannot step the load soak: it has no RATE and no WAVE_MS",
  );
});

Deno.test("resource.load_step counts answers as hits and stops when lifted", async () => {
  let stopped = 0;
  const process = { stop: () => Promise.resolve(void stopped++) } as unknown as LoadProcess;
  const actuator = loadStepActuator(PROFILE, (_profile, onSample) => {
    const sample: LoadSample = {
      metric: "http_req_duration",
      epoch_ms: 0,
      value: 1,
      of_control: false,
    };
    onSample(sample);
    onSample({ ...sample, metric: "data_age_ms" });
    return Promise.resolve(process);
  });
  await actuator.apply("1", faultOf(loadStep({ factor: 10 })));
  assertEquals((await actuator.counters())[0].hits, { "1": 1 });
  assertEquals(await actuator.diff(), ["1 still sends requests"]);
  await actuator.lift("1");
  await actuator.lift("1");
  assertEquals([stopped, await actuator.diff()], [1, []]);
});

Deno.test("resource.load_step fails if the second load does not start", async () => {
  const actuator = loadStepActuator(PROFILE, () => Promise.reject(new Error("no k6")));
  await assertRejects(
    () => actuator.apply("1", faultOf(loadStep({ factor: 10 }))),
    Error,
    "no k6",
  );
});
