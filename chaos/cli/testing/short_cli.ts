/** The command line with a scenario of a few seconds, for tests of whole runs. */
import {
  addReplica,
  at,
  baseline,
  kill,
  loadErrors,
  ms,
  probeErrors,
  recover,
  refuse,
  s,
  type Scenario,
  scenario,
} from "../../vocabulary/mod.ts";
import { runCommandLine } from "../command_line.ts";
import { realSystem } from "../system.ts";

/** A short outage under a light load. */
export const SHORT: Scenario = scenario("short", {
  question: "Does the lab do what it should?",
  claim: "Clients get answers",
  steady: { always: [probeErrors().atMost(0, "clients do not depend on the source")] },
  load: { profile: "waves", env: { VUS: "10", WAVE_MS: "100" } },
  settings: { switches: 4 },
  timeline: [
    at(s(0), baseline(s(2))),
    at(s(2), refuse("source").for(s(2))),
    at(s(4), recover({ within: ms(3_500), stable: 3 })),
  ],
});

/** The leader of replicas behind Redis and HAProxy is killed; then one more joins. */
export const SHORT_REPLICAS: Scenario = scenario("short-replicas", {
  question: "Does the lab do what it should with replicas?",
  claim: "Clients get answers",
  steady: { always: [loadErrors().atMost(0, "clients do not depend on one replica")] },
  load: { profile: "waves", env: { VUS: "20", WAVE_MS: "100" } },
  settings: { switches: 4, subjects: 2, store: "redis", lease_ms: 500, front: "haproxy" },
  timeline: [
    at(s(0), baseline(s(2))),
    at(s(2), kill("leader").for(s(2))),
    at(s(3), addReplica().for(s(1))),
    at(s(4), recover({ within: ms(3_500), stable: 3 })),
  ],
});

if (import.meta.main) {
  Deno.exit(await runCommandLine(Deno.args, realSystem(), { all: [SHORT], ci: [SHORT] }));
}
