/** Thresholds: what they say, which samples they are about, whether they can be asked at all. */
export {
  type Aggregation,
  type Expression,
  ExpressionError,
  holds,
  type Operator,
  OPERATORS,
  parseAggregation,
  parseExpression,
} from "./expression.ts";
export { matches, parseSelector, type Selector, SelectorError } from "./selector.ts";
export {
  type ObjectThreshold,
  resolveThresholds,
  type Threshold,
  type ThresholdGroup,
  THRESHOLDS_MAX,
  type ThresholdTable,
} from "./threshold.ts";
