/** Which scenarios a run has, whether they are written out or asked for by shortcuts. */
import { ConfigProblem } from "../config_problem.ts";
import { SCENARIOS_MAX } from "./limits.ts";
import type { K6Options } from "./option_table.ts";
import { ValueError } from "./readers.ts";
import type { Scenario } from "./scenario.ts";
import { readScenario } from "./scenario_reader.ts";

const SHORTCUTS = ["iterations", "duration", "stages"] as const;

/**
 * The scenarios of merged options: `scenarios` as they are, or one named `default` from the
 * shortcuts `iterations`, `duration` and `stages`, each with or without `vus`. `vus` alone runs one
 * iteration a VU, nothing at all one iteration.
 *
 * @throws {ConfigProblem} Where shortcuts contradict each other or a scenario is out of bounds.
 *
 * ```ts
 * deriveScenarios({ vus: 100, duration: "30s" })[0].executor; // "constant-vus"
 * ```
 */
export function deriveScenarios(options: K6Options): Scenario[] {
  refuseContradictions(options);
  const { scenarios } = options;
  if (scenarios === undefined || !isFilled(scenarios)) return [fromShortcuts(options)];
  const names = Object.keys(scenarios);
  if (names.length > SCENARIOS_MAX) {
    throw new ConfigProblem([`scenarios: must be at most ${SCENARIOS_MAX}, got ${names.length}`]);
  }
  const problems: string[] = [];
  const derived: Scenario[] = [];
  for (const name of names) {
    try {
      derived.push(readScenario(name, scenarios[name]));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      problems.push(error.describe(`scenarios.${name}`));
    }
  }
  if (problems.length > 0) throw new ConfigProblem(problems);
  return derived;
}

/** `duration` may go with `iterations`: it is their time limit. Nothing else goes together. */
function refuseContradictions(options: K6Options): void {
  const given = SHORTCUTS.filter((name) =>
    name === "stages" ? isFilled(options.stages) : options[name] !== undefined
  );
  const problems: string[] = [];
  if (given.includes("stages") && given.length > 1) {
    problems.push(`${given[0]} and stages: must not be given together: each is a load of its own`);
  }
  if (given.length > 0 && isFilled(options.scenarios)) {
    problems.push(
      `${given[0]} and scenarios: must not be given together: move ${given[0]} into a scenario`,
    );
  }
  if (problems.length > 0) throw new ConfigProblem(problems);
}

function fromShortcuts({ vus, iterations, duration, stages }: K6Options): Scenario {
  const shared = { executor: "shared-iterations" };
  let scenario: Record<string, unknown>;
  if (iterations !== undefined) scenario = { ...shared, vus, iterations, maxDuration: duration };
  else if (duration !== undefined) scenario = { executor: "constant-vus", vus, duration };
  else if (isFilled(stages)) scenario = { executor: "ramping-vus", startVUs: vus, stages };
  else scenario = { ...shared, vus, iterations: vus };
  try {
    return readScenario("default", scenario);
  } catch (error) {
    throw error instanceof ValueError
      ? new ConfigProblem([error.describe("").replace(/^\./, "")])
      : error;
  }
}

function isFilled(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}
