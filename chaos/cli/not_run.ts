/** Scenarios that this machine or the subject cannot run: reported as errors, never as held. */
import { junitXml } from "../../tools/verdict/mod.ts";
import { METRICS_SERVER, reasonNotToRun, type Subject } from "../subject/mod.ts";
import { withReplicas } from "../run/run_scenario.ts";
import type { Scenario } from "../vocabulary/mod.ts";
import type { System } from "./system.ts";

/** Exit code beside the runs' own: a scenario that was not run proves nothing. */
export const NOT_RUN_EXIT_CODE = 2;

export interface NotRun {
  readonly scenario: Scenario;
  /** What is missing, and what to do. */
  readonly reason: string;
}

/** The scenarios that cannot run. */
export function notRunnable(
  scenarios: readonly Scenario[],
  subject: Subject = METRICS_SERVER,
  system: Pick<System, "isOnPath">,
): NotRun[] {
  return scenarios.flatMap((scenario) => {
    const { settings } = withReplicas(scenario.plan(), subject);
    const reason = reasonNotToRun(settings, subject, system.isOnPath);
    return reason === null ? [] : [{ scenario, reason }];
  });
}

/** The text of junit.xml of a scenario that was not run. */
export function notRunJUnit({ scenario, reason }: NotRun): string {
  const classname = `chaos.${scenario.name}`;
  const message = `not run: ${reason}`;
  const verdict = { classname, name: "verdict", outcome: "error" as const, message, time_s: 0 };
  return junitXml({ name: classname, time_s: 0, cases: [verdict] });
}
