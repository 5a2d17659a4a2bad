/** Variables of the process: threads, logs, addresses, the store that outlives it. */
import {
  choice,
  integer,
  LOG_LEVELS,
  LOG_THREADS_MAX,
  optional,
  port,
  text,
} from "../../platform/mod.ts";
import { LEASE_MS_MAX } from "../replicas/mod.ts";
import { storeProblem } from "../saved/mod.ts";
import { isAccessSetting } from "../serve/mod.ts";

export const PROCESS_SPEC = {
  SNAPSHOT_STORE: text({
    default: "",
    problemOf: storeProblem,
    description:
      "Store for the last snapshots, served again after a restart: file:state (a folder), or " +
      "redis://user:password@host:6379/0 or rediss://… (TLS), shared by replicas of which one polls; " +
      "empty: none",
  }),
  SNAPSHOT_SAVE_MS: integer({
    default: 5000,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description:
      "With SNAPSHOT_STORE=file:…, shortest time from one save of a source's snapshot to the next",
  }),
  LEASE_MS: integer({
    default: 3000,
    min: 500,
    max: LEASE_MS_MAX,
    unit: "ms",
    description:
      "With SNAPSHOT_STORE=redis://…, length of the leader's lease, renewed every third of " +
      "it; when it ends, another replica polls; equal on all replicas",
  }),
  SERVE_THREADS: integer({
    default: 1,
    min: 1,
    max: LOG_THREADS_MAX,
    unit: "threads",
    description: "Threads that answer requests, on one port (more than 1: Linux only)",
  }),
  LOOP_PROBE_MS: integer({
    default: 100,
    min: 1,
    max: 60_000,
    unit: "ms",
    description: "How often the event loop is checked for being blocked",
  }),
  LOG_LEVEL: choice({
    default: "INFO",
    of: LOG_LEVELS,
    description: "Lowest level that is logged; requests are logged at INFO, see ACCESS_LOG",
  }),
  ACCESS_LOG: text({
    default: "all",
    problemOf: (value) =>
      isAccessSetting(value) ? undefined : "must be all, errors, off or sample:N, e.g. sample:100",
    description:
      "Requests that are logged, if LOG_LEVEL is INFO or DEBUG: all, errors (status 400 and " +
      "above), sample:N (errors, and one of N others), off; probes only at DEBUG",
  }),
  BIND_HOST: text({
    default: "0.0.0.0",
    description: "Address to listen on; 127.0.0.1 keeps the service to this machine",
  }),
  PORT: port({ default: 8080 }),
  HEALTH_PORT: optional(port({
    description: "Further port that answers /healthz and /readyz alone, also while PORT has no " +
      "descriptor left for a new client; unset: none",
  })),
};
