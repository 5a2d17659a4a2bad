/** Module `k6/execution`. */
import { TestAborted } from "../script/errors.ts";
import { currentVu, type IterationPlace, type Vu } from "../script/vu.ts";

const instanceFigures = () => currentVu().world.host.instance();
const scenarioFigures = () => currentVu().world.host.scenario(place().scenario.name);

export const scenario = getters({
  name: () => place().scenario.name,
  executor: () => place().scenario.executor,
  /** Unix time in milliseconds. */
  startTime: () => scenarioFigures().start_time_ms,
  progress: () => scenarioFigures().progress,
  iterationInInstance: () => place().in_scenario,
  iterationInTest: () => place().in_scenario,
});

export const instance = getters({
  iterationsInterrupted: () => instanceFigures().iterations_interrupted,
  iterationsCompleted: () => instanceFigures().iterations_completed,
  vusActive: () => instanceFigures().vus_active,
  vusInitialized: () => instanceFigures().vus_initialized,
  /** In milliseconds. */
  currentTestRunDuration: () => instanceFigures().test_run_duration_ms,
});

export const test = {
  /** Ends the test. */
  abort(reason = ""): never {
    const aborted = new TestAborted(String(reason));
    currentVu().world.host.abort(aborted.message);
    throw aborted;
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

const tags = {
  get: () => tagsOf(currentVu()),
  set: (tags: Record<string, unknown>) => replaceTags(currentVu(), tags),
  enumerable: true,
};

export const vu = Object.defineProperty(
  getters({
    iterationInInstance: () => running().iteration,
    iterationInScenario: () => running().iteration_in_scenario,
    idInInstance: () => currentVu().id,
    idInTest: () => currentVu().id,
    metrics: () => metrics,
  }),
  "tags",
  tags,
);

const metadata = {
  get: () => metadataOf(currentVu()),
  set: (values: Record<string, unknown>) => {
    const vu = currentVu();
    vu.metadata.clear();
    for (const [name, value] of Object.entries(values)) {
      vu.metadata.set(name, tagText(name, value));
    }
  },
  enumerable: true,
};

const metrics = Object.defineProperties({}, { tags, metadata });

/** An object whose properties are computed when a script reads them. */
function getters<T extends object>(read: { [K in keyof T]: () => T[K] }): Readonly<T> {
  const object = {} as T;
  for (const name in read) {
    Object.defineProperty(object, name, { get: read[name], enumerable: true });
  }
  return object;
}

function place(): IterationPlace {
  const { place, phase } = currentVu();
  if (place === null || phase !== "iteration") {
    throw new TypeError("exec.scenario: available only while a scenario runs");
  }
  return place;
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

/** The metadata of the VU's samples; writes add to it. */
function metadataOf({ metadata }: Vu): Record<string, string> {
  return new Proxy(Object.fromEntries(metadata), {
    set(target, name, value) {
      const text = tagText(String(name), value);
      metadata.set(String(name), text);
      target[String(name)] = text;
      return true;
    },
    deleteProperty(target, name) {
      metadata.delete(String(name));
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
