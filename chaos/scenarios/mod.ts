/** Every scenario, one a file. */
import type { Scenario } from "../vocabulary/mod.ts";
import bandwidth from "./bandwidth.ts";
import clientLatency from "./client_latency.ts";
import clientResets from "./client_resets.ts";
import clockAhead from "./clock_ahead.ts";
import clockBack from "./clock_back.ts";
import coldStart from "./cold_start.ts";
import connectionFlood from "./connection_flood.ts";
import corrupt from "./corrupt.ts";
import counterReset from "./counter_reset.ts";
import cpuStarved from "./cpu_starved.ts";
import cutBody from "./cut_body.ts";
import decoupling from "./decoupling.ts";
import duplicateRows from "./duplicate_rows.ts";
import endlessBody from "./endless_body.ts";
import etagChanging from "./etag_changing.ts";
import etagSame from "./etag_same.ts";
import failFirst from "./fail_first.ts";
import flapDouble from "./flap_double.ts";
import flapHalf from "./flap_half.ts";
import flapPoll from "./flap_poll.ts";
import frozenTimestamp from "./frozen_timestamp.ts";
import hang from "./hang.ts";
import herd from "./herd.ts";
import html from "./html.ts";
import latency from "./latency.ts";
import latencyBeyondTimeout from "./latency_beyond_timeout.ts";
import naFlood from "./na_flood.ts";
import outage from "./outage.ts";
import oversizedBody from "./oversized_body.ts";
import reorderColumns from "./reorder_columns.ts";
import resets from "./resets.ts";
import restartBoth from "./restart_both.ts";
import retryAfter from "./retry_after.ts";
import shortConnections from "./short_connections.ts";
import slicer from "./slicer.ts";
import slowClients from "./slow_clients.ts";
import slowDrip from "./slow_drip.ts";
import slowFirstByte from "./slow_first_byte.ts";
import sourceKilled from "./source_killed.ts";
import storm from "./storm.ts";
import tornRowsFew from "./torn_rows_few.ts";
import wrongLength from "./wrong_length.ts";

/** In the order `list` and `all` take them: connections, answers, processes, resources, clients. */
export const SCENARIOS: readonly Scenario[] = [
  outage,
  hang,
  resets,
  latency,
  latencyBeyondTimeout,
  bandwidth,
  slicer,
  shortConnections,
  flapHalf,
  flapPoll,
  flapDouble,
  storm,
  retryAfter,
  failFirst,
  slowFirstByte,
  slowDrip,
  html,
  corrupt,
  cutBody,
  wrongLength,
  tornRowsFew,
  reorderColumns,
  duplicateRows,
  frozenTimestamp,
  clockAhead,
  clockBack,
  counterReset,
  naFlood,
  oversizedBody,
  endlessBody,
  etagChanging,
  etagSame,
  sourceKilled,
  coldStart,
  restartBoth,
  herd,
  decoupling,
  cpuStarved,
  slowClients,
  connectionFlood,
  clientLatency,
  clientResets,
];

/**
 * One of each kind of fault, for every change: less than three minutes in their short versions. The
 * others are variations of these.
 */
export const CI_SCENARIOS: readonly Scenario[] = [
  outage,
  hang,
  resets,
  latency,
  flapPoll,
  storm,
  corrupt,
  coldStart,
  decoupling,
];

/** The scenario of that name. */
export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((one) => one.name === name);
}
