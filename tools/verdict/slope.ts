/**
 * Does something grow? The slope of samples over time or work, with an interval. Pure.
 *
 *     samples ──floors──► lowest of each stretch ──Theil–Sen──► slope, interval ──judge──► Check
 *
 * Memory rises until a collection and then falls, so neighboring samples are not independent. The
 * lowest sample of each stretch follows a leak and leaves the garbage out.
 */
import { wholeNumber } from "./table.ts";
import { type Check, median } from "./verdict.ts";

/** A sample: what is measured (`y`) after so much time or work (`x`). */
export interface Point {
  x: number;
  y: number;
}

/** A slope in units of y per unit of x, with an interval; NaN with fewer than two points. */
export interface Slope {
  estimate: number;
  low: number;
  high: number;
  /** Points it was computed from. */
  points: number;
  /** Distance of the last x from the first. */
  span: number;
}

/** Default stretches of {@link floors}. More than this would only cost time. */
const STRETCHES_MAX = 60;
/** Samples in a stretch from which its lowest one is a floor. */
const SAMPLES_PER_STRETCH_MIN = 3;
/** Fewest points for a verdict: with fewer, the interval covers every slope between two points. */
const POINTS_MIN = 8;
/** Normal quantile of the interval: 0.5 % beyond either end. */
const QUANTILE = 2.576;

/** The lowest sample of each stretch of x. A stretch should be as long as a collector's cycle. */
export function floors(points: readonly Point[], stretches_max = STRETCHES_MAX): Point[] {
  const stretches = Math.min(stretches_max, Math.floor(points.length / SAMPLES_PER_STRETCH_MIN));
  const [from, to] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const lowest = new Map<number, Point>();
  for (const point of points) {
    const position = Math.floor((point.x - from) / (to - from) * stretches);
    const stretch = Math.min(position, stretches - 1);
    if (point.y < (lowest.get(stretch)?.y ?? Infinity)) lowest.set(stretch, point);
  }
  return [...lowest.values()];
}

/**
 * Theil–Sen estimate: the median of the slopes between any two points. Its interval comes from
 * Kendall's statistic (Sen 1968). Neither assumes normal noise, and a few outliers change little.
 */
export function slopeOf(points: readonly Point[]): Slope {
  const slopes = points
    .flatMap((a, i) => points.slice(i + 1).map((b) => (b.y - a.y) / (b.x - a.x)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const x = points.map(({ x }) => x);
  const n = points.length, last = slopes.length - 1;
  const reach = QUANTILE * Math.sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const at = (rank: number) => slopes[Math.min(Math.max(rank, 0), last)] ?? NaN;
  return {
    estimate: median(slopes),
    low: at(Math.floor((slopes.length - reach) / 2) - 1),
    high: at(Math.ceil((slopes.length + reach) / 2)),
    points: n,
    span: n === 0 ? NaN : Math.max(...x) - Math.min(...x),
  };
}

/** A bound on growth: y may grow by at most `bound` for each unit of x. */
export interface SlopeClaim {
  figure: string;
  name: string;
  unit: string;
  slope: Slope;
  bound: number;
  /** Growth over the whole span that is no leak yet, such as a heap that grows to its size. */
  total_min?: number;
}

/** Broken if the whole interval exceeds the bound, holds if none of it does, else inconclusive. */
export function judgeSlope({ slope, total_min = 0, ...claim }: SlopeClaim): Check {
  const { estimate, low, high, points, span } = slope;
  const total = estimate * span;
  const doubts: string[] = [];
  if (points < POINTS_MIN) {
    doubts.push(`${claim.name}: ${points} samples, fewer than ${POINTS_MIN}: measure longer`);
  } else if (!(low > claim.bound || high <= claim.bound)) {
    const range = `${number(low)} to ${number(high)} ${claim.unit}`.trimEnd();
    doubts.push(`${claim.name}: the interval ${range} includes the bound: measure longer`);
  } else if (low > claim.bound && total < total_min) {
    const grown = `${number(total)} in all, less than ${number(total_min)} ${claim.unit}`.trimEnd();
    doubts.push(`${claim.name}: ${grown}: measure longer`);
  }
  const verdict = doubts.length > 0 ? "inconclusive" : low > claim.bound ? "broken" : "holds";
  return {
    ...claim,
    relation: "≤",
    samples: [low, estimate, high].filter(Number.isFinite),
    value: estimate,
    verdict,
    doubts,
  };
}

function number(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(2) : wholeNumber(value);
}
