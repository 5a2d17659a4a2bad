/** The command line with a scenario of a few seconds, for tests of whole runs. */
import {
  at,
  baseline,
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

if (import.meta.main) {
  Deno.exit(await runCommandLine(Deno.args, realSystem(), { all: [SHORT], ci: [SHORT] }));
}
