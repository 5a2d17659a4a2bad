/** What the runner's figures have to hold. */

/** a: requests/s of `getmetric` against wrk's, the same server in turn. */
export const RATE_RATIO_MIN = 0.8;

/** b: percentiles against wrk's and hey's, where latencies are known: distance from 1. */
export const PERCENTILE_ERROR_MAX = 0.1;

/** c: arrivals a second against those asked for: distance from 1. */
export const ARRIVAL_RATE_ERROR_MAX = 0.01;

/** c: how far an arrival may be from its place on the even grid, 95th percentile. */
export const ARRIVAL_OFFSET_P95_MS_MAX = 1;

/** c: asked for. */
export const ARRIVAL_RATE_PER_S = 1_000;

/** d: memory of a run of {@link MANY_VUS}. */
export const MANY_VUS_MB_MAX = 500;
export const MANY_VUS = 1_000;
