/** Bounds of the embedded proxy and of its client, each with its unit. */

export const PROXIES_MAX = 256;
export const TOXICS_PER_PROXY_MAX = 64;
/** In the whole process; a further one is accepted, closed at once, and counted. */
export const CONNECTIONS_MAX = 10_000;
/** Largest body of an API request. */
export const API_BODY_BYTES_MAX = 1_048_576;
export const NAME_CHARS_MAX = 256;
/** Bytes waiting in one direction of a connection above which its source is paused. */
export const SINK_BYTES_MAX = 262_144;
/** Most bytes that a toxic gets at once, as many as the real server reads. */
export const CHUNK_BYTES_MAX = 32_768;
/** Chunks that a delay may hold, as in the real server: 320 MB/s at 100 ms. */
export const DELAYED_CHUNKS_MAX = 1_024;
/** Least that a pacing toxic may hold, in bytes; little, so that the sender adapts to the pace. */
export const PACED_HELD_BYTES_MIN = 131_072;
/** A pacing toxic may hold what its rate passes in this time, so that no timer is too late. */
export const PACED_HELD_MS = 20;
/** Most that a pacing toxic may hold at any rate, in bytes. */
export const PACED_HELD_BYTES_MAX = 4_194_304;
/** Longest wait for the addresses of a proxy's name: the API answers one request at a time. */
export const LOOKUP_MS_MAX = 2_000;
/** Clients that wait to be accepted, as many as Linux lets the real server have. */
export const BACKLOG_MAX = 4_096;
/** Longest wait for an upstream to take a connection. */
export const DIAL_MS_MAX = 10_000;
/** Longest time of any toxic: the maximum of a timer. */
export const DELAY_MS_MAX = 2_147_483_647;
export const BYTES_MAX = Number.MAX_SAFE_INTEGER;
/** Toxics whose counters are kept after their removal; the oldest are dropped first. */
export const HIT_COUNTERS_MAX = 256;
/** Longest wait of the client for an answer of the API. */
export const CALL_MS_MAX = 5_000;
/** Largest answer the client reads. */
export const ANSWER_BYTES_MAX = 8_388_608;
