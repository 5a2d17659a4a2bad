/** Bounds of the figures, and the limits of a valid measurement. */

export const CONNECTIONS = 100;

/** a: GetMetric, access log on. */
export const LOG_ON_RATE_RATIO_MIN = 0.85;
export const LOG_ON_P95_RATIO_MAX = 1.35;
export const LOG_ON_P95_MS_MAX = 7;
/** a: share of requests with an access line on stdout. */
export const LOG_LINES_RATIO_MIN = 0.99;

/** b: GetMetric, access log off. */
export const LOG_OFF_RATE_RATIO_MIN = 0.95;
export const LOG_OFF_P95_RATIO_MAX = 1.15;

/** c: ListMetrics at 64 switches. */
export const LIST_RATE_RATIO_MIN = 0.8;

/** d: ListMetrics answered with 304. */
export const NOT_MODIFIED_RATE_RATIO_MIN = 0.9;

/** e: steady load while 100,000 × 30 refresh every 2 s. */
export const STEADY_RATE_PER_S = 10_000;
export const REFRESH_EVERY_MS = 2_000;
/** Polls are more frequent than refreshes: the source decides when data is new. */
export const REFRESH_POLL_MS = 500;
export const REFRESH_P99_RATIO_MAX = 1.5;
export const LOOP_BLOCK_MS_MAX = 10;
/** Busy threads during a refresh: client, serving thread, poll worker, source. */
export const BUSY_THREADS = 4;
/** Longest wait for an occupied core: a scheduler tick of Linux (CONFIG_HZ=250). */
export const SCHEDULER_TICK_MS = 4;

/** f: memory at 100,000 × 30. */
export const MEMORY_STEADY_MB_MAX = 350;
export const MEMORY_PEAK_MB_MAX = 600;
export const REFRESHES_MIN = 10;

/** g: start to the first response of GetMetric at 64 switches. */
export const START_MS_MAX = 1_000;
export const STARTS = 5;

/** h: the load engine against wrk. */
export const ENGINE_RATE_RATIO_MIN = 0.8;

/** i: the whole list of 40,000 × 34 as gzip, from the request to the last byte. */
export const LIST_GZIP_MS_MAX = 500;

/** j: GetMetric's p99 beside {@link STREAMS} streams to its own without them. */
export const STREAMS = 1_000;
export const STREAM_CELLS = 200;
export const STREAMS_P99_RATIO_MAX = 1.5;

/** From the leader's first answer from a snapshot to a follower's, 99th percentile. */
export const SKEW_SMALL_P99_MS_MAX = 100;
export const SKEW_LARGE_P99_MS_MAX = 1_000;
/** Requests to the source by all replicas / by a single process. */
export const SOURCE_REQUESTS_RATIO_MAX = 1.05;
/** Start in an outage with a stored snapshot → first 200, at 64 × 3 and 100,000 × 30. */
export const RESTART_SMALL_MS_MAX = 300;
export const RESTART_LARGE_MS_MAX = 1_500;
/** GetMetric requests/s of a follower / of a server without a store. */
export const FOLLOWER_RATE_RATIO_MIN = 0.95;
export const FOLLOWER_P95_RATIO_MAX = 1.1;
export const REPLICA_STEADY_MB_MAX = 250;
export const REPLICA_PEAK_MB_MAX = 300;

export const RESPONSES_MIN = 1_000;
/** Interquartile range of the rival's rates over their median; above it the machine was busy. */
export const RIVAL_SPREAD_MAX = 0.25;
/** CPU share of the bare server's main thread; below it the load was the limit. */
export const RIVAL_CPU_SHARE_MIN = 0.8;
/** p99 lag of an undisturbed open loop; above it the client distorts the latencies. */
export const LAG_P99_MS_MAX = 5;
