import { assertEquals, assertThrows } from "@std/assert";
import { holds, parseAggregation, parseExpression } from "./threshold_expression.ts";

for (
  const [text, label, operator, bound] of [
    ["p(95)<7", "p(95)", "<", 7],
    ["p(99.9) <= 12.5", "p(99.9)", "<=", 12.5],
    [" p( 95 )  <  7 ", "p(95)", "<", 7],
    ["p(0)>=0", "p(0)", ">=", 0],
    ["p(100)<1e3", "p(100)", "<", 1000],
    ["avg<200", "avg", "<", 200],
    ["min>.5", "min", ">", 0.5],
    ["max!=3", "max", "!=", 3],
    ["med==3", "med", "==", 3],
    ["count===0", "count", "===", 0],
    ["rate<0.01", "rate", "<", 0.01],
    ["value>-5", "value", ">", -5],
  ] as const
) {
  Deno.test(`parseExpression("${text}") reads ${label} ${operator} ${bound}`, () => {
    const { aggregation, ...rest } = parseExpression(text);
    assertEquals(rest, { operator, bound });
    assertEquals(aggregation.label, label);
    assertEquals(aggregation.kind, label.startsWith("p(") ? "p" : label);
    assertEquals(aggregation.percentile, Number(/\((.*)\)/.exec(label)?.[1]));
  });
}

const SHAPE = "must be <aggregation> <operator> <number>, such as p(95)<200; operators are " +
  "=== == != >= <= > <";
const KINDS = "must be one of count, rate, value, avg, min, max, med, p(N)";
for (
  const [text, message] of [
    ["", SHAPE],
    ["p(95)", SHAPE],
    ["p(95)<", SHAPE],
    ["<7", SHAPE],
    ["p(95)=7", SHAPE],
    ["p(95)=<7", SHAPE],
    ["p(95)<7 8", SHAPE],
    ["p(95)<7ms", "7ms must be a number, such as 200 or 0.01"],
    ["p(95)<seven", "seven must be a number, such as 200 or 0.01"],
    ["p(95)<Infinity", "Infinity must be a number, such as 200 or 0.01"],
    ["p(95)<0x10", "0x10 must be a number, such as 200 or 0.01"],
    ["p(101)<7", "p(101) must be a percentile in 0–100, such as p(95)"],
    ["p(-1)<7", "p(-1) must be a percentile in 0–100, such as p(95)"],
    ["p()<7", "p() must be a percentile in 0–100, such as p(95)"],
    ["p<7", "p() must be a percentile in 0–100, such as p(95)"],
    ["p(x)<7", "p(x) must be a percentile in 0–100, such as p(95)"],
    ["mean<7", `unknown aggregation "mean": ${KINDS}`],
    ["avg(1)<7", `unknown aggregation "avg(1)": ${KINDS}`],
  ] as const
) {
  Deno.test(`parseExpression("${text}") throws ${message.slice(0, 50)}`, () => {
    assertThrows(() => parseExpression(text), SyntaxError, message);
  });
}

Deno.test("holds() follows JavaScript for every operator", () => {
  const truth = {
    "<": [true, false, false],
    "<=": [true, true, false],
    ">": [false, false, true],
    ">=": [false, true, true],
    "==": [false, true, false],
    "===": [false, true, false],
    "!=": [true, false, true],
  };
  for (const [operator, expected] of Object.entries(truth)) {
    const actual = [1, 2, 3].map((value) => holds(value, operator as keyof typeof truth, 2));
    assertEquals(actual, expected, operator);
  }
});

Deno.test("parseAggregation reads an aggregation and rejects an expression", () => {
  assertEquals(parseAggregation(" p(99.99) ").percentile, 99.99);
  assertEquals(parseAggregation("count").kind, "count");
  assertThrows(() => parseAggregation("p(95)<7"), SyntaxError, "unknown aggregation");
});
