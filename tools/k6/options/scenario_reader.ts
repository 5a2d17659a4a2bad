/** Reads the scenarios of a run, from `scenarios` or from shortcuts such as `duration`. */
import { ConfigProblem } from "../exit_codes.ts";
import { ITERATIONS_MAX, type K6Options, STAGES_MAX, VUS_MAX } from "./option_table.ts";
import {
  duration,
  inside,
  integer,
  isMissing,
  listOf,
  LONGER_THAN_ZERO_MS,
  oneOf,
  type Reader,
  record,
  text,
  textMap,
  ValueError,
} from "./readers.ts";
import {
  type ExecutorName,
  EXECUTORS,
  type IterationsScenario,
  type Scenario,
  type ScenarioBase,
  type Stage,
} from "./scenario.ts";

const SCENARIOS_MAX = 1000;
/** Arrivals per time unit. */
const RATE_MAX = 1e9;
const GRACEFUL_MS_DEFAULT = 30_000;
const MAX_DURATION_MS_DEFAULT = 600_000;
const NAME = /^[0-9A-Za-z_-]{1,128}$/;
const VUS = integer(1, VUS_MAX, "VUs");
const VUS_OR_NONE = integer(0, VUS_MAX, "VUs");
const ITERATIONS = integer(1, ITERATIONS_MAX);
const LASTING = duration(LONGER_THAN_ZERO_MS);
const SHORTCUTS = ["iterations", "duration", "stages"] as const;

/**
 * Reads the scenarios of merged options: the option `scenarios`, or one scenario named `default`
 * from `iterations`, `duration` or `stages`, each with or without `vus`. `vus` alone means one
 * iteration per VU; without any of them, one iteration runs.
 * @throws {ConfigProblem} Shortcuts contradict each other or a scenario is invalid.
 */
export function deriveScenarios(options: K6Options): Scenario[] {
  rejectContradictions(options);
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

/** `duration` limits the time of `iterations`; all other shortcuts exclude each other. */
function rejectContradictions(options: K6Options): void {
  const given = SHORTCUTS.filter((name) =>
    name === "stages" ? isFilled(options.stages) : options[name] !== undefined
  );
  const problems: string[] = [];
  if (given.includes("stages") && given.length > 1) {
    problems.push(
      `${given[0]} and stages: must not be given together: each describes a whole load`,
    );
  }
  if (given.length > 0 && isFilled(options.scenarios)) {
    problems.push(
      `${given[0]} and scenarios: must not be given together: move ${given[0]} into a scenario`,
    );
  }
  if (problems.length > 0) throw new ConfigProblem(problems);
}

/** The scenarios in the form of scripts, also those of shortcuts. */
export function writtenScenarios(options: K6Options): NonNullable<K6Options["scenarios"]> {
  const { scenarios, vus, iterations, duration, stages } = options;
  if (scenarios !== undefined && isFilled(scenarios)) return scenarios;
  const shared = { executor: "shared-iterations" };
  let scenario: Record<string, unknown>;
  if (iterations !== undefined) scenario = { ...shared, vus, iterations, maxDuration: duration };
  else if (duration !== undefined) scenario = { executor: "constant-vus", vus, duration };
  else if (isFilled(stages)) scenario = { executor: "ramping-vus", startVUs: vus, stages };
  else scenario = { ...shared, vus, iterations: vus };
  return { default: scenario };
}

function fromShortcuts(options: K6Options): Scenario {
  try {
    return readScenario("default", writtenScenarios(options).default);
  } catch (error) {
    throw error instanceof ValueError
      ? new ConfigProblem([error.describe("").replace(/^\./, "")])
      : error;
  }
}

function isFilled(value: object | undefined): boolean {
  return value !== undefined && Object.keys(value).length > 0;
}

/**
 * Reads one scenario.
 * @throws {ValueError} A key is missing, unknown to the executor or out of bounds.
 */
function readScenario(name: string, value: unknown): Scenario {
  if (!NAME.test(name)) {
    throw new ValueError("its name must be 1–128 letters, digits, _ and -", undefined);
  }
  const fields = new Fields(record(value));
  const executor = fields.required("executor", oneOf(EXECUTORS));
  const scenario = BY_EXECUTOR[executor](fields, readBase(name, fields));
  fields.rejectOthers(executor);
  return scenario;
}

/** Reads the fields of an object one by one and rejects those left over. */
class Fields {
  readonly #taken = new Set<string>();

  constructor(private readonly value: Record<string, unknown>) {}

  required<T>(key: string, reader: Reader<T>): T {
    this.#taken.add(key);
    const value = this.value[key];
    const is_missing = isMissing(value, reader);
    return inside(`.${key}`, () => {
      try {
        return reader.read(is_missing ? undefined : value);
      } catch (error) {
        if (!is_missing || !(error instanceof ValueError)) throw error;
        throw new ValueError(`is missing: ${error.message}`, undefined);
      }
    });
  }

  optional<T>(key: string, reader: Reader<T>, fallback: T): T {
    this.#taken.add(key);
    const value = this.value[key];
    return isMissing(value, reader) ? fallback : inside(`.${key}`, () => reader.read(value));
  }

  rejectOthers(executor: ExecutorName): void {
    const others = Object.keys(this.value).filter((key) => !this.#taken.has(key));
    if (others.length === 0) return;
    if (others[0] === "options") {
      throw new ValueError("browser scenarios are not supported", undefined, ".options");
    }
    throw new ValueError(
      `is unknown to ${executor}, which has ${[...this.#taken].join(", ")}`,
      undefined,
      `.${others[0]}`,
    );
  }
}

function readBase(name: string, fields: Fields): ScenarioBase {
  return {
    name,
    start_time_ms: fields.optional("startTime", duration(), 0),
    graceful_stop_ms: fields.optional("gracefulStop", duration(), GRACEFUL_MS_DEFAULT),
    exec: fields.optional("exec", text, "default"),
    env: fields.optional("env", textMap, {}),
    tags: fields.optional("tags", textMap, {}),
  };
}

const BY_EXECUTOR: Record<ExecutorName, (fields: Fields, base: ScenarioBase) => Scenario> = {
  "shared-iterations"(fields, base) {
    const scenario = readIterations(fields, base, "shared-iterations");
    const { vus, iterations } = scenario;
    if (iterations >= vus) return scenario;
    throw new ValueError(`must be at least the ${vus} VUs`, iterations, ".iterations");
  },
  "per-vu-iterations": (fields, base) => readIterations(fields, base, "per-vu-iterations"),
  "constant-vus": (fields, base) => ({
    ...base,
    executor: "constant-vus",
    vus: fields.optional("vus", VUS, 1),
    duration_ms: fields.required("duration", LASTING),
  }),
  "ramping-vus": (fields, base) => ({
    ...base,
    executor: "ramping-vus",
    start_vus: fields.optional("startVUs", VUS_OR_NONE, 1),
    stages: fields.required("stages", stages(VUS_OR_NONE)),
    graceful_ramp_down_ms: fields.optional("gracefulRampDown", duration(), GRACEFUL_MS_DEFAULT),
  }),
  "constant-arrival-rate": (fields, base) => ({
    ...base,
    executor: "constant-arrival-rate",
    rate: fields.required("rate", integer(1, RATE_MAX)),
    time_unit_ms: fields.optional("timeUnit", LASTING, 1000),
    duration_ms: fields.required("duration", LASTING),
    ...readArrivalVus(fields),
  }),
  "ramping-arrival-rate": (fields, base) => ({
    ...base,
    executor: "ramping-arrival-rate",
    start_rate: fields.optional("startRate", integer(0, RATE_MAX), 0),
    time_unit_ms: fields.optional("timeUnit", LASTING, 1000),
    stages: fields.required("stages", stages(integer(0, RATE_MAX))),
    ...readArrivalVus(fields),
  }),
};

function readIterations(
  fields: Fields,
  base: ScenarioBase,
  executor: IterationsScenario["executor"],
): IterationsScenario {
  return {
    ...base,
    executor,
    vus: fields.optional("vus", VUS, 1),
    iterations: fields.optional("iterations", ITERATIONS, 1),
    max_duration_ms: fields.optional("maxDuration", LASTING, MAX_DURATION_MS_DEFAULT),
  };
}

function readArrivalVus(fields: Fields): { pre_allocated_vus: number; max_vus: number } {
  const pre_allocated_vus = fields.required("preAllocatedVUs", VUS_OR_NONE);
  const max_vus = fields.optional("maxVUs", VUS, pre_allocated_vus);
  const min = Math.max(pre_allocated_vus, 1);
  if (max_vus >= min) return { pre_allocated_vus, max_vus };
  throw new ValueError(`must be at least preAllocatedVUs, and 1: ${min}`, max_vus, ".maxVUs");
}

function stages(target: Reader<number>): Reader<Stage[]> {
  const stage: Reader<Stage> = {
    read(value) {
      const fields = new Fields(record(value));
      return {
        duration_ms: fields.required("duration", duration()),
        target: fields.required("target", target),
      };
    },
  };
  return {
    read(value) {
      const list = listOf(stage).read(value);
      if (list.length > 0 && list.length <= STAGES_MAX) return list;
      throw new ValueError(`must be 1–${STAGES_MAX} stages, got ${list.length}`, undefined);
    },
  };
}
