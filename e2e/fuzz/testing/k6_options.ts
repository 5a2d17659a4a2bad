/**
 * Options and flags of the k6 runner by grammar, against a small table of k6's documented rules:
 * durations, thresholds, precedence of layers, shortcuts.
 */
import {
  ConfigProblem,
  deriveScenarios,
  mergeOptions,
  optionsFromEnv,
  parseDuration,
  parseExpression,
  parseInvocation,
  readOptions,
} from "../../../tools/k6/testing/options.ts";
import type { Random } from "../../../metrics_server/testing/random.ts";
import type { OpenTarget, Parts, Target } from "./fuzz.ts";

/** The functions under test; a test plants a defect here. */
export const READERS = { parseDuration, parseExpression, mergeOptions };

const LAYERS = ["script", "env", "flag"] as const;
const NAMES = ["vus", "duration", "iterations", "stages", "batch"] as const;
type Name = typeof NAMES[number];
type Layer = Partial<Record<Name, string>>;

/** Options that describe the load: the last layer with one of them decides. */
const LOAD: readonly Name[] = ["duration", "iterations", "stages"];

const NUMBERS = ["1", "2", "7", "40", "0", "-1", "1.5", "x", "100001"];
const DURATIONS = ["1s", "1m30s", "500ms", "1.5h", "2d", "250", "0s", "1m1", "1 s", "-5s", "s"];
const STAGES = ["10s:5", "1m:20,30s:0", "5s:1,5s:2,5s:3", "10s", "10s:x", "0s:9"];
const AGGREGATIONS = ["p(95)", "p( 99.9 )", "p(101)", "p()", "avg", "med", "count", "rate", "mean"];
const OPERATORS = ["<", "<=", ">", ">=", "==", "===", "!=", "=", "=<", ""];
const BOUNDS = ["200", "0.01", ".5", "1e3", "-5", "7ms", "", "1 2", "0x10"];

export function k6OptionsTarget(readers: typeof READERS = READERS): Target {
  const open: OpenTarget = {
    draw: (random) => Array.from({ length: 1 + random.below(5) }, () => drawPart(random)),
    check: (parts) => Promise.resolve(check(parts, readers)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { name: "k6_options", open: () => Promise.resolve(open) };
}

function drawPart(random: Random): string {
  const space = () => random.of(["", "", " "]);
  switch (random.below(6)) {
    case 0: {
      const digits = () => random.of(["1", "07", "2.5", ".5", "3.", "0", "12", ""]);
      const unit = () => random.of(["ns", "us", "µs", "ms", "s", "m", "h", "d", "x", ""]);
      const pieces = Array.from({ length: 1 + random.below(3) }, () => digits() + unit());
      return `duration ${pieces.join("")}`;
    }
    case 1:
      return `threshold ${random.of(AGGREGATIONS)}${space()}${random.of(OPERATORS)}${space()}` +
        random.of(BOUNDS);
    default: {
      const name = random.of(NAMES);
      const values = { duration: DURATIONS, stages: STAGES }[name as string] ?? NUMBERS;
      // Mostly valid values: an invalid one hides the other layers.
      const count = random.chance(0.8) ? Math.ceil(values.length / 2) - 1 : values.length;
      return `${random.of(LAYERS)} ${name} ${values[random.below(count)]}`;
    }
  }
}

/** The runner's own bound, 10,000 days; k6 takes 292 years. */
const DURATION_MS_MAX = 864e9;

function check(parts: Parts, readers: typeof READERS): string | null {
  const layers: Record<string, Layer> = { script: {}, env: {}, flag: {} };
  for (const part of parts) {
    const [kind, ...words] = part.split(" ");
    const text = words.join(" ");
    if (kind === "duration") {
      const read = durationOf(text);
      const expected = read !== null && read > DURATION_MS_MAX ? null : read;
      const actual = orNull(() => readers.parseDuration(text));
      const is_same = expected === actual ||
        Math.abs(expected! - actual!) <= 1e-9 * Math.abs(expected!);
      if (!is_same || (expected === null) !== (actual === null)) {
        return `duration is read otherwise: ${JSON.stringify(text)}: ${actual}, not ${expected}`;
      }
    } else if (kind === "threshold") {
      const expected = thresholdOf(text);
      const read = orNull(() => readers.parseExpression(text));
      const actual = read && [read.aggregation.label, read.operator, read.bound].join(" ");
      if (actual !== expected) {
        return `threshold is read otherwise: ${JSON.stringify(text)}: ${actual}, not ${expected}`;
      }
    } else if (kind in layers && NAMES.includes(words[0] as Name) && words[1]) {
      layers[kind][words[0] as Name] = words.slice(1).join(" ");
    }
  }
  const expected = loadOf(layers), actual = actualLoad(layers, readers);
  return actual === expected
    ? null
    : `options are read otherwise: ${JSON.stringify(layers)}: ${actual}, not ${expected}`;
}

/** The result, or null if the value is refused. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const is_refusal = error instanceof RangeError || error instanceof SyntaxError ||
      error instanceof ConfigProblem;
    if (is_refusal) return null;
    throw error;
  }
}

function actualLoad({ script, env, flag }: Record<string, Layer>, readers: typeof READERS) {
  const merged = orNull(() => {
    const of_script: Record<string, unknown> = { ...script };
    if (script.stages) of_script.stages = script.stages.split(",").map(stageOfScript);
    const variables = Object.entries(env).map(([name, text]) => [`K6_${name.toUpperCase()}`, text]);
    const flags = Object.entries(flag).map(([name, text]) =>
      `--${name === "stages" ? "stage" : name}=${text}`
    );
    const options = readers.mergeOptions(
      readOptions(of_script, "script").options,
      optionsFromEnv(Object.fromEntries(variables)),
      parseInvocation(["run", ...flags, "a.js"], {}).options,
    );
    const [scenario] = deriveScenarios(options);
    return { scenario, batch: options.batch ?? 20 };
  });
  if (merged === null) return "refused";
  const { scenario: { executor, ...rest }, batch } = merged;
  const of = rest as Record<string, unknown>;
  const stages = of.stages as { duration_ms: number; target: number }[] | undefined;
  const load = stages === undefined
    ? [of.vus, of.iterations ?? "", of.duration_ms ?? of.max_duration_ms]
    : [of.start_vus, stages.map(({ duration_ms, target }) => `${duration_ms}:${target}`).join()];
  return [executor, ...load, batch].join(" ");
}

function stageOfScript(text: string): unknown {
  const [duration, target] = text.split(":");
  return { duration, target };
}

/** The load as k6 documents it, or `refused`. */
function loadOf(layers: Record<string, Layer>): string {
  let merged: Layer = {};
  for (const name of LAYERS) {
    const layer = layers[name];
    if (Object.entries(layer).some(([key, text]) => !isValid(key as Name, text))) return "refused";
    if (LOAD.some((key) => key in layer)) {
      merged = Object.fromEntries(
        Object.entries(merged).filter(([key]) => !LOAD.includes(key as Name)),
      );
    }
    merged = { ...merged, ...layer };
  }
  const { vus = "1", duration, iterations, stages, batch = "20" } = merged;
  if (stages !== undefined) {
    if (duration !== undefined || iterations !== undefined) return "refused";
    const list = stages.split(",").map((stage) => stage.split(":"));
    const shown = list.map(([time, target]) => `${durationOf(time)}:${Number(target)}`).join();
    return `ramping-vus ${Number(vus)} ${shown} ${Number(batch)}`;
  }
  if (Number(vus) < 1) return "refused";
  if (iterations === undefined && duration !== undefined) {
    return `constant-vus ${Number(vus)}  ${durationOf(duration)} ${Number(batch)}`;
  }
  const count = Number(iterations ?? vus);
  if (count < Number(vus)) return "refused";
  const longest_ms = durationOf(duration ?? "10m");
  return `shared-iterations ${Number(vus)} ${count} ${longest_ms} ${Number(batch)}`;
}

function isValid(name: Name, text: string): boolean {
  const isCount = (digits: string, min: number, max: number) =>
    digits !== "" && Number.isInteger(Number(digits)) && !/[.ex]/i.test(digits) &&
    Number(digits) >= min && Number(digits) <= max;
  if (name === "vus") return isCount(text, 0, 100_000);
  if (name === "iterations") return isCount(text, 1, 1e12);
  if (name === "batch") return isCount(text, 0, 10_000);
  if (name === "duration") return (durationOf(text) ?? 0) > 0;
  return text.split(",").every((stage) => {
    const [time, target, ...rest] = stage.split(":");
    return rest.length === 0 && durationOf(time) !== null && isCount(target ?? "", 0, 100_000);
  });
}

const UNITS: readonly [string, number][] = [
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1e3],
  ["m", 6e4],
  ["h", 36e5],
  ["d", 864e5],
];

/** Milliseconds of a duration, read character by character; null if it is none. */
function durationOf(text: string): number | null {
  let rest = text.trim(), sum_ms = 0;
  if (rest === "") return null;
  for (let is_first = true; rest !== ""; is_first = false) {
    let length = 0;
    while (length < rest.length && "0123456789.".includes(rest[length])) length++;
    const digits = rest.slice(0, length);
    const number = digits === "" ? NaN : Number(digits);
    if (Number.isNaN(number)) return null;
    rest = rest.slice(length);
    if (rest === "") return is_first ? number : null;
    const unit = UNITS.find(([name]) => rest.startsWith(name));
    if (unit === undefined) return null;
    sum_ms += number * unit[1];
    rest = rest.slice(unit[0].length);
  }
  return sum_ms;
}

/** Aggregation, operator and bound of a threshold; null if it is invalid. */
function thresholdOf(text: string): string | null {
  const at = text.search(/[<>=!]/);
  if (at < 0) return null;
  const operator = ["===", "==", "!=", ">=", "<=", ">", "<"].find((one) =>
    text.startsWith(one, at)
  );
  if (operator === undefined) return null;
  const bound = text.slice(at + operator.length).trim();
  if (bound === "" || [...bound].some((char) => !"+-.0123456789eE".includes(char))) return null;
  if (!Number.isFinite(Number(bound))) return null;
  const name = text.slice(0, at).trim();
  const words = ["count", "rate", "value", "avg", "min", "max", "med"];
  if (words.includes(name)) return `${name} ${operator} ${Number(bound)}`;
  if (!name.startsWith("p") || !name.endsWith(")")) return null;
  const call = name.slice(1).trim();
  const percentile = call.slice(1, -1).trim();
  if (call[0] !== "(" || percentile === "" || /[^\d.+\-eE]/.test(percentile)) return null;
  if (!(Number(percentile) >= 0 && Number(percentile) <= 100)) return null;
  return `p(${percentile}) ${operator} ${Number(bound)}`;
}
