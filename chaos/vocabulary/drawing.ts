/** What `explore` must know of a fault: its words, its ranges, and which promises it excuses. */
import type { FaultValue } from "./fault_value.ts";
import type { Fault, Settings } from "./plan.ts";
import type { Random } from "./random.ts";

/** Values of a parameter from the weakest to the strongest, on a logarithmic scale. */
interface Scale {
  readonly weak: number;
  readonly strong: number;
  readonly whole: boolean;
}

/** Values of a parameter that have no order but their place, the weakest first; null: left out. */
interface Choices {
  readonly choices: readonly (number | string | null)[];
}

export type Parameter = Scale | Choices;

/** Whole numbers. Both ends must be above 0. */
export const steps = (weak: number, strong: number): Scale => ({ weak, strong, whole: true });
/** Fractions. Both ends must be above 0. */
export const shares = (weak: number, strong: number): Scale => ({ weak, strong, whole: false });
export const choices = (...all: Choices["choices"]): Choices => ({ choices: all });

/** Parameters as the fault's word takes them. */
export type Values = Readonly<Record<string, number | string>>;

/** Promises that every scenario shares. A fault may excuse some of them while it is on. */
export type SharedPromise =
  /** The load gets answers. */
  | "load"
  /** Probes get answers. */
  | "probes"
  /** Both, also after the fault, until the next snapshot. */
  | "whole_data"
  /** Answers are as fast as before. */
  | "speed"
  /** Every age is true. */
  | "labels"
  /** Every value is one of the source's. */
  | "values"
  /** Snapshots can be ordered by the ids of the source. */
  | "order"
  /** Old data is no older than it must be: needs answers. */
  | "age"
  /** Memory does not grow. */
  | "memory";

/** What a fault does to a subject without defects. */
export interface FaultEffects {
  /** What polls bring meanwhile: good data, none, or none until their timeout. */
  readonly polls: "good" | "failing" | "hanging";
  /** Added to every exchange with the source, in milliseconds. */
  readonly delay_ms: number;
  /** Whether the source is cut off, so that no other fault of the source can show. */
  readonly blocks: boolean;
  /** Shift of the source's clock, in milliseconds. */
  readonly skew_ms: number;
  /** Pause that the source demands by Retry-After, in milliseconds. */
  readonly pause_ms: number;
  /** Whether replicas may lose their leader or their store. */
  readonly leaderless: boolean;
  /** Whether a subject starts: without its store it has no data at first. */
  readonly starts: boolean;
  /** The promises that it excuses, and why. */
  readonly excuses: Readonly<Partial<Record<SharedPromise, string>>>;
}

export const NO_EFFECTS: FaultEffects = {
  polls: "good",
  delay_ms: 0,
  blocks: false,
  skew_ms: 0,
  pause_ms: 0,
  leaderless: false,
  starts: false,
  excuses: {},
};

/** A kind of fault, next to the words that make it. */
export interface FaultKind {
  readonly kind: string;
  /** `latency`; called with the place, if it has places, and the values, if it has parameters. */
  // deno-lint-ignore no-explicit-any -- each word checks its own values
  readonly word: (...args: any[]) => FaultValue;
  /** Hops or processes; none: the fault has one place only. */
  readonly places?: readonly string[];
  readonly parameters?: (place: string) => Readonly<Record<string, Parameter>>;
  /** Values that fit together, such as a jitter below its delay. */
  readonly fit?: (values: Values) => Values;
  /** The least settings with which it can happen. */
  readonly needs?: (place: string) => Partial<Settings>;
  /** It shows only while a fault of this kind is on, too. */
  readonly shows_with?: string;
  /** Differences from {@link NO_EFFECTS}. */
  readonly effects?: (fault: Fault) => Partial<FaultEffects>;
}

/** Values for a fault at a place. */
export function drawValues(
  { parameters, fit }: Pick<FaultKind, "parameters" | "fit">,
  place: string,
  random: Random,
): Values {
  const values: Values = Object.fromEntries(
    Object.entries(parameters?.(place) ?? {}).flatMap(([name, parameter]) => {
      const value = drawValue(parameter, random);
      return value === null ? [] : [[name, value]];
    }),
  );
  return fit?.(values) ?? values;
}

/** A value of the parameter; null: left out. */
function drawValue(parameter: Parameter, random: Random): number | string | null {
  if ("choices" in parameter) {
    return parameter.choices[Math.floor(random() * parameter.choices.length)];
  }
  return onScale(parameter, random());
}

/** Weaker values: the weakest, and one half way to it; none if that is not worth a try. */
export function weakerValues(
  parameter: Parameter,
  value: number | string | null,
): readonly (number | string | null)[] {
  if ("choices" in parameter) {
    const { choices } = parameter;
    const at = choices.indexOf(value);
    return at < 1 ? [] : [...new Set([choices[0], choices[Math.floor(at / 2)]])];
  }
  const { weak, strong } = parameter;
  const at = Math.log(Number(value) / weak) / Math.log(strong / weak);
  if (at < WORTH_WEAKENING) return [];
  return at < 2 * WORTH_WEAKENING ? [weak] : [weak, onScale(parameter, at / 2)];
}

/** Share of the scale above which a value is worth weakening. */
const WORTH_WEAKENING = 0.15;

function onScale({ weak, strong, whole }: Scale, share: number): number {
  const value = weak * (strong / weak) ** share;
  return whole ? Math.round(value) : Math.round(value * 1000) / 1000;
}
