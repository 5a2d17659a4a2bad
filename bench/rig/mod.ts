/** What measurements have in common: the processes they load, what loads them, rounds in turn. */
export { type BareAnswer, bareAnswerOf, difference } from "./bare_answer.ts";
export * from "./bounds.ts";
export { UsageError, wholeOption } from "./command_line.ts";
export {
  type DenoProcess,
  ProcessEnded,
  programIn,
  programOf,
  type ServiceProgram,
  startDeno,
} from "./deno_process.ts";
export { doubtsAbout } from "./doubts.ts";
export type { AgesTold, Engine, Measured } from "./engine.ts";
export type { LoadOrder } from "./load_order.ts";
export { type ArmOutcome, joined, type Outcome } from "./outcome.ts";
export { startOwnEngine } from "./own_engine.ts";
export { refreshHandler, type SourceCounts } from "./refresh_handler.ts";
export { RefreshedServer, type RefreshRound, steadyLoad } from "./refreshed_server.ts";
export { armTable, renderReport } from "./report.ts";
export { getMetricRequests, listMetricsRequest } from "./requests.ts";
export { type Arm, type Pace, passOrder, type Round, type Rounds, runRounds } from "./rounds.ts";
export {
  BARE_SERVER,
  launchMetricsServer,
  ready,
  READY_MS_MAX,
  startBareServer,
  startDataServer,
  startMetricsServer,
  startRefreshSource,
  startStillDataServer,
} from "./services.ts";
export { textLines } from "./text_lines.ts";
export { waitUntil } from "./wait_until.ts";
export { findWrk } from "./wrk_engine.ts";
