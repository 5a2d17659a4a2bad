/** Module `k6/execution`. */
import { currentVu } from "../script/current_vu.ts";
import { TestAborted } from "../script/errors.ts";
import type { IterationPlace, Vu } from "../script/vu.ts";

export const scenario = {
  get name(): string {
    return place().scenario.name;
  },
  get executor(): string {
    return place().scenario.executor;
  },
  /** Unix time in milliseconds. */
  get startTime(): number {
    return scenarioFigures().start_time_ms;
  },
  get progress(): number {
    return scenarioFigures().progress;
  },
  get iterationInInstance(): number {
    return place().in_scenario;
  },
  get iterationInTest(): number {
    return place().in_scenario;
  },
};

export const instance = {
  get iterationsInterrupted(): number {
    return instanceFigures().iterations_interrupted;
  },
  get iterationsCompleted(): number {
    return instanceFigures().iterations_completed;
  },
  get vusActive(): number {
    return instanceFigures().vus_active;
  },
  get vusInitialized(): number {
    return instanceFigures().vus_initialized;
  },
  /** In milliseconds. */
  get currentTestRunDuration(): number {
    return instanceFigures().test_run_duration_ms;
  },
};

export const test = {
  /** Ends the test. */
  abort(reason = ""): never {
    currentVu().world.host.abort(String(reason));
    throw new TestAborted(String(reason));
  },
  /** Marks the test as failed; it continues. */
  fail(reason = ""): void {
    currentVu().world.host.fail(String(reason));
  },
  get options(): unknown {
    const { options } = currentVu().world;
    if (options === null) {
      throw new TypeError("exec.test.options: not available in the init context");
    }
    return options.merged;
  },
};

export const vu = {
  get iterationInInstance(): number {
    return running().iteration;
  },
  get iterationInScenario(): number {
    return running().iteration_in_scenario;
  },
  get idInInstance(): number {
    return currentVu().id;
  },
  get idInTest(): number {
    return currentVu().id;
  },
  get tags(): Record<string, string> {
    return tagsOf(currentVu());
  },
  set tags(tags: Record<string, unknown>) {
    replaceTags(currentVu(), tags);
  },
  metrics: {
    get tags(): Record<string, string> {
      return tagsOf(currentVu());
    },
    set tags(tags: Record<string, unknown>) {
      replaceTags(currentVu(), tags);
    },
    /** Kept, but no output here writes it. */
    metadata: {} as Record<string, unknown>,
  },
};

function place(): IterationPlace {
  const { place, phase } = currentVu();
  if (place === null || phase !== "iteration") {
    throw new TypeError("exec.scenario: available only while a scenario runs");
  }
  return place;
}

function instanceFigures() {
  return currentVu().world.host.instance();
}

function scenarioFigures() {
  return currentVu().world.host.scenario(place().scenario.name);
}

function running(): Vu {
  const vu = currentVu();
  if (vu.phase === "init") throw new TypeError("exec.vu: not available in the init context");
  return vu;
}

/** The tags of the VU's samples; writes add to them. */
function tagsOf(vu: Vu): Record<string, string> {
  return new Proxy({ ...vu.tags.tags }, {
    set(target, name, value) {
      const text = tagText(String(name), value);
      vu.setOwnTag(String(name), text);
      target[String(name)] = text;
      return true;
    },
    deleteProperty(target, name) {
      vu.setOwnTag(String(name), null);
      delete target[String(name)];
      return true;
    },
  });
}

function replaceTags(vu: Vu, tags: Record<string, unknown>): void {
  for (const name of [...vu.own_tags.keys()]) vu.setOwnTag(name, null);
  for (const [name, value] of Object.entries(tags)) vu.setOwnTag(name, tagText(name, value));
}

function tagText(name: string, value: unknown): string {
  if (["string", "number", "boolean"].includes(typeof value)) return String(value);
  throw new TypeError(
    `exec.vu.tags.${name}: must be a string, a number or a boolean, got ${typeof value}`,
  );
}

export default { scenario, instance, test, vu };
