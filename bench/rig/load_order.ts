/** What the load process is asked to do. */

/** One run against one port of 127.0.0.1. With `rate_per_s` an open loop, without it a closed one. */
export interface LoadOrder {
  port: number;
  connections: number;
  /** Sent in turn. */
  requests: { path: string; headers?: [name: string, value: string][] }[];
  warmup_ms: number;
  duration_ms: number;
  rate_per_s?: number;
  expect_status: number;
}
