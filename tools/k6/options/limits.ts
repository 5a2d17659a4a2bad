/** Bounds of what a run may ask for. */

/** Virtual users of one run. */
export const VUS_MAX = 100_000;

/** Iterations of one scenario, or of one VU. */
export const ITERATIONS_MAX = 1e12;

/** Iterations started each time unit. */
export const RATE_MAX = 1e9;

/** Stages of one scenario. */
export const STAGES_MAX = 10_000;

/** Scenarios of one run. */
export const SCENARIOS_MAX = 1000;

/** Parallel requests of one `http.batch`, redirects of one request. */
export const BATCH_MAX = 10_000;
export const REDIRECTS_MAX = 1000;

/** Requests a second, over all VUs. */
export const RPS_MAX = 1e9;
