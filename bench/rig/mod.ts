/** Shared parts of the measurements: processes, load engines, rounds in turn, reports. */
export { type BareAnswer, bareAnswerOf, difference } from "./bare_answer.ts";
export * from "./bounds.ts";
export * from "./command_line.ts";
export { doubtsAbout } from "./doubts.ts";
export {
  type Engine,
  findWrk,
  type LoadOrder,
  type Measured,
  type OwnEngine,
  startOwnEngine,
} from "./load_engines.ts";
export { print, printProgress, runProgram } from "./program.ts";
export { refreshHandler, type SourceCounts } from "./refresh_handler.ts";
export { RefreshedServer, steadyLoad } from "./refreshed_server.ts";
export { joined, type Outcome, outcomeJson, renderReport } from "./report.ts";
export { type ProcessSample, type ProcessWatch, watchProcess } from "./process_watch.ts";
export { type Contender, type OnProgress, type Pace, type Pair, type Round } from "./rounds.ts";
export { roundText, runRounds, type ServerLoad, takePair, takeRound } from "./rounds.ts";
export { buildMatrix, getMetricRequests, listMetricsRequest, streamPath } from "./samples.ts";
export {
  BARE_SERVER,
  type DenoProcess,
  launchMetricsServer,
  LOOP_PROBE_MS,
  ProcessEnded,
  programIn,
  programOf,
  ready,
  type ServiceProgram,
  startBareServer,
  startDataServer,
  startDeno,
  startMetricsServer,
  startRefreshSource,
  startScript,
  startStillDataServer,
} from "./services.ts";
