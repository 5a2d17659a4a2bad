/** All scenarios. */
import type { Scenario } from "../vocabulary/mod.ts";
import { BODIES } from "./bodies.ts";
import { CONNECTIONS } from "./connections.ts";
import { HOST_AND_CLIENTS } from "./host_and_clients.ts";
import { REPLICA_SETS } from "./replicas.ts";
import { RESPONSES } from "./responses.ts";
import { VALUES } from "./values.ts";

export { DRAWN_BASELINE, drawnScenario } from "./drawn.ts";

/** In the order in which `list` prints them and `all` runs them. */
export const SCENARIOS: readonly Scenario[] = [
  ...CONNECTIONS,
  ...RESPONSES,
  ...BODIES,
  ...VALUES,
  ...HOST_AND_CLIENTS,
  ...REPLICA_SETS,
];

export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((one) => one.name === name);
}

/** One scenario for each kind of fault: under six minutes in their short versions. */
export const CI_SCENARIOS: readonly Scenario[] = [
  "outage",
  "hang",
  "resets",
  "latency",
  "storm",
  "corrupt",
  "rows-removed",
  "too-old",
  "wide-counters",
  "cold-start",
  "decoupling",
  "restart-in-outage",
  "leader-killed",
  "leader-frozen",
  "store-gone",
  "store-emptied",
  "replica-added",
  "rolling-restart",
  "split",
].map((name) => scenarioNamed(name)!);
