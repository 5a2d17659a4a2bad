/** Threshold expressions: `<aggregation> <operator> <number>`. */

/** The figure of a metric that is compared. */
export interface Aggregation {
  kind: "count" | "rate" | "value" | "avg" | "min" | "max" | "med" | "p";
  /** 0–100 for `p(N)`, else NaN. */
  percentile: number;
  /** As in summaries, such as `p(99.9)`. */
  label: string;
}

const OPERATORS = {
  "===": (value: number, bound: number) => value === bound,
  "==": (value: number, bound: number) => value === bound,
  "!=": (value: number, bound: number) => value !== bound,
  ">=": (value: number, bound: number) => value >= bound,
  "<=": (value: number, bound: number) => value <= bound,
  ">": (value: number, bound: number) => value > bound,
  "<": (value: number, bound: number) => value < bound,
};
type Operator = keyof typeof OPERATORS;

export interface Expression {
  aggregation: Aggregation;
  operator: Operator;
  bound: number;
}

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const SHAPE = /^\s*([a-z]+)\s*(?:\(([^)]*)\))?\s*(===|==|!=|>=|<=|>|<)\s*(\S+)\s*$/;
const WHOLE_NUMBER = new RegExp(`^${NUMBER}$`);
const PLAIN_KINDS: readonly string[] = ["count", "rate", "value", "avg", "min", "max", "med"];

/** Reads an expression; spaces are optional. @throws {SyntaxError} The expression is invalid. */
export function parseExpression(text: string): Expression {
  const match = SHAPE.exec(text);
  if (match === null) {
    throw new SyntaxError(
      "must be <aggregation> <operator> <number>, such as p(95)<200; operators are " +
        Object.keys(OPERATORS).join(" "),
    );
  }
  const [, name, argument, operator, bound] = match;
  if (!WHOLE_NUMBER.test(bound)) {
    throw new SyntaxError(`${bound} must be a number, such as 200 or 0.01`);
  }
  return {
    aggregation: readAggregation(name, argument),
    operator: operator as Operator,
    bound: Number(bound),
  };
}

/** Reads an aggregation, as in the option `summaryTrendStats`. */
export function parseAggregation(text: string): Aggregation {
  const match = /^([a-z]+)(?:\(([^)]*)\))?$/.exec(text.trim());
  if (match === null) throw unknownAggregation(text);
  return readAggregation(match[1], match[2]);
}

export function holds(value: number, operator: Operator, bound: number): boolean {
  return OPERATORS[operator](value, bound);
}

function readAggregation(name: string, argument: string | undefined): Aggregation {
  if (name !== "p") {
    if (argument !== undefined || !PLAIN_KINDS.includes(name)) {
      throw unknownAggregation(argument === undefined ? name : `${name}(${argument})`);
    }
    return { kind: name as Aggregation["kind"], percentile: NaN, label: name };
  }
  const digits = argument?.trim() ?? "";
  const percentile = WHOLE_NUMBER.test(digits) ? Number(digits) : NaN;
  if (!(percentile >= 0 && percentile <= 100)) {
    throw new SyntaxError(`p(${digits}) must be a percentile in 0–100, such as p(95)`);
  }
  return { kind: "p", percentile, label: `p(${digits})` };
}

function unknownAggregation(text: string): SyntaxError {
  return new SyntaxError(
    `unknown aggregation ${JSON.stringify(text)}: must be one of ${PLAIN_KINDS.join(", ")}, p(N)`,
  );
}
